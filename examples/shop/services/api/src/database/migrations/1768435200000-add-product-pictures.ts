import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Down forgets where the pictures are and leaves their bytes in the bucket. */
export class AddProductPictures1768435200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE products
        ADD COLUMN picture_key text,
        ADD COLUMN picture_content_type text,
        ADD COLUMN picture_size integer,
        ADD CONSTRAINT products_picture_whole
          CHECK (num_nulls(picture_key, picture_content_type, picture_size) IN (0, 3))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE products
        DROP COLUMN picture_key, DROP COLUMN picture_content_type, DROP COLUMN picture_size`);
  }
}
