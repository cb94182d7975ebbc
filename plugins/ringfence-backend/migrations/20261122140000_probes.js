/**
 * What may be lost: what probes found out, so that replicas of the portal share
 * it, and how much traffic was under mTLS in the last day.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('probe_results', table => {
    table.comment('What the probes of a group last found out');
    table.string('kubernetes_cluster').notNullable();
    table.string('namespace').notNullable();
    table.string('probe_group', 32).notNullable();
    table
      .string('uid')
      .notNullable()
      .comment('Of the Namespace: one made again is another database');
    table.text('answers', 'longtext').notNullable().comment('Facts, as JSON');
    table.string('ran_at', 24).notNullable().comment('ISO 8601 in UTC');
    table.primary(['kubernetes_cluster', 'namespace', 'probe_group']);
    table.index(['ran_at'], 'probe_results_ran_at');
  });

  await knex.schema.createTable('traffic_samples', table => {
    table.comment('Bytes to the databases since the sample before');
    table.string('kubernetes_cluster').notNullable();
    table.string('namespace').notNullable();
    table
      .string('at', 24)
      .notNullable()
      .comment('ISO 8601 in UTC, which sorts as text');
    table.double('mutual_tls_bytes').notNullable();
    table.double('plaintext_bytes').notNullable();
    table.primary(['kubernetes_cluster', 'namespace', 'at']);
    table.index(['at'], 'traffic_samples_at');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('traffic_samples');
  await knex.schema.dropTable('probe_results');
};
