import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { moneyColumn } from '../database/money-column.js';

@Entity('products')
@Check('products_price_not_negative', 'price_minor >= 0')
@Check('products_available_not_negative', 'available >= 0')
@Check('products_picture_whole', 'num_nulls(picture_key, picture_content_type, picture_size) IN (0, 3)')
export class Product {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'products_pkey' })
  sku!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column(moneyColumn('price_minor'))
  priceMinor!: number;

  @Column({ type: 'char', length: 3 })
  currency!: string;

  /** Pieces on the shelf that no order has reserved. */
  @Column({ type: 'integer', default: 0 })
  available!: number;

  /** Where in the bucket the picture is; null without one, like the two columns below. */
  @Column({ name: 'picture_key', type: 'text', nullable: true })
  pictureKey!: string | null;

  @Column({ name: 'picture_content_type', type: 'text', nullable: true })
  pictureContentType!: string | null;

  /** In bytes. */
  @Column({ name: 'picture_size', type: 'integer', nullable: true })
  pictureSize!: number | null;
}
