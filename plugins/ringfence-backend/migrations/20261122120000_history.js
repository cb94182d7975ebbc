/**
 * What may be lost: who took which CA away in a bundle, and what each check
 * last said.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('bundle_receipts', table => {
    table.comment('Downloads of connection bundles');
    table.increments('id').comment('In the order of the downloads');
    table.string('kubernetes_cluster').notNullable();
    table.string('namespace').notNullable();
    table.string('user_ref').notNullable().comment('Entity ref of who took it');
    table
      .text('ca_sha256')
      .notNullable()
      .comment('Fingerprints of the CA certificates in it, joined by commas');
    table
      .string('downloaded_at', 24)
      .notNullable()
      .comment('ISO 8601 in UTC, which sorts as text');
    table
      .string('expires_at', 24)
      .notNullable()
      .comment('When the first of its CA certificates ends; ISO 8601 in UTC');
    table.index(
      ['kubernetes_cluster', 'namespace'],
      'bundle_receipts_database',
    );
  });

  await knex.schema.createTable('last_findings', table => {
    table.comment('What each check last said of a database');
    table.string('kubernetes_cluster').notNullable();
    table.string('namespace').notNullable();
    table
      .string('check_id')
      .notNullable()
      .comment('Such as certificate.served');
    table.string('status', 16).notNullable();
    table.string('reason').notNullable();
    table.text('summary').notNullable();
    table
      .string('since', 24)
      .notNullable()
      .comment('When status and reason became what they are; ISO 8601 in UTC');
    table.string('observed_at', 24).notNullable().comment('ISO 8601 in UTC');
    table.primary(['kubernetes_cluster', 'namespace', 'check_id']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('last_findings');
  await knex.schema.dropTable('bundle_receipts');
};
