import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { moneyColumn } from '../database/money-column.js';
import { Product } from '../products/product.js';
import { Order } from './order.js';

@Entity('order_lines')
@Check('order_lines_quantity_positive', 'quantity > 0')
export class OrderLine {
  @PrimaryColumn({ name: 'order_id', type: 'uuid', primaryKeyConstraintName: 'order_lines_pkey' })
  orderId!: string;

  @ManyToOne(() => Order, (order) => order.lines, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'order_id', foreignKeyConstraintName: 'order_lines_order_fkey' })
  order?: Order;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'order_lines_pkey' })
  sku!: string;

  @ManyToOne(() => Product)
  @JoinColumn({ name: 'sku', foreignKeyConstraintName: 'order_lines_product_fkey' })
  product?: Product;

  @Column({ type: 'integer' })
  quantity!: number;

  /** The price when the order was placed; the product's may change later. */
  @Column(moneyColumn('unit_price_minor'))
  unitPriceMinor!: number;
}
