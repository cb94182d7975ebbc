/**
 * What may be lost: how objects compared with their manifests, so that those
 * which are as they were need not be compared again.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('drift_comparisons', table => {
    table.comment('How the objects of a database last compared');
    table.string('kubernetes_cluster').notNullable();
    table.string('namespace').notNullable();
    table
      .text('comparisons', 'longtext')
      .notNullable()
      .comment('By object, as JSON');
    table.string('saved_at', 24).notNullable().comment('ISO 8601 in UTC');
    table.primary(['kubernetes_cluster', 'namespace']);
    table.index(['saved_at'], 'drift_comparisons_saved_at');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('drift_comparisons');
};
