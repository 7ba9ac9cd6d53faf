-- Rows of a shop that is in business, at the schema of its fifth migration.
INSERT INTO customers (id, email, given_name, family_name)
  SELECT gen_random_uuid(), format('customer-%s@example.com', n), 'Ada', format('Lovelace %s', n) FROM generate_series(1, 200) n;
INSERT INTO addresses (customer_id, line, city, postal_code, country)
  SELECT id, '12 St James''s Square', 'London', 'SW1Y 4JH', 'GB' FROM customers;
INSERT INTO products (sku, name, price_minor, currency)
  SELECT format('TEA-%s', n), format('Tea %s', n), 450 + n, 'EUR' FROM generate_series(1, 20) n;
INSERT INTO orders (id, customer_id, status, total_minor, currency, idempotency_key, request_fingerprint)
  SELECT gen_random_uuid(), id, 'placed', 901, 'EUR', email, 'seed' FROM customers;
INSERT INTO order_lines (order_id, sku, quantity, unit_price_minor)
  SELECT id, 'TEA-1', 2, 451 FROM orders;
INSERT INTO payments (id, order_id, status, amount_minor, currency, payment_method, idempotency_key, request_fingerprint)
  SELECT gen_random_uuid(), id, 'succeeded', 901, 'EUR', 'pm_card_visa', 'seed', 'seed' FROM orders;
