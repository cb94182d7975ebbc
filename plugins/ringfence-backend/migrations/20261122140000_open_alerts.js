/**
 * Which alerts are open, so that each is told of once.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('open_alerts', table => {
    table.comment('What owners have been told of and that is not over yet');
    table.string('kubernetes_cluster').notNullable();
    table.string('namespace').notNullable();
    table
      .string('cause')
      .notNullable()
      .comment('Id of a check, or certificate.expiry/ and a name');
    table
      .integer('level')
      .notNullable()
      .comment('Falls as it becomes more urgent');
    table.string('raised_at', 24).notNullable().comment('ISO 8601 in UTC');
    table.primary(['kubernetes_cluster', 'namespace', 'cause']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('open_alerts');
};
