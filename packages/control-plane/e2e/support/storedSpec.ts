/* eslint-disable jest/no-export -- who may write the spec of a database */
import { until } from '../../src';
import { APPLY, type AccountHolder } from './accountHolder';

/** Somebody who may write ConfigMaps in a database's namespace, and no more. */
const editor = (inNamespace: string) => {
  const metadata = { name: 'editor', namespace: inNamespace };
  const group = 'rbac.authorization.k8s.io';
  const verbs = ['get', 'create', 'update', 'patch'];
  const rule = { apiGroups: [''], resources: ['configmaps'], verbs };
  const subject = { kind: 'User', apiGroup: group, name: 'editor' };
  const roleRef = { apiGroup: group, kind: 'Role', name: 'editor' };
  const apiVersion = `${group}/v1`;
  return [
    { apiVersion, kind: 'Role', metadata, rules: [rule] },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef,
      subjects: [subject],
    },
  ];
};

const configMap = (inNamespace: string, name: string, text: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: inNamespace },
  data: { 'spec.yaml': text },
});

/** Whose spec it is. */
export function describeSpec(as: () => AccountHolder): void {
  describe('the spec of a database', () => {
    beforeAll(async () => {
      await as().makeOwnNamespace('specified');
      await as().asAdmin(APPLY, ...editor('specified'));
    });
    const write = (name: string, text: string) =>
      as().asAdmin(
        ['apply', '--server-side', '--force-conflicts', '--as=editor', '-f-'],
        configMap('specified', name, text),
      );

    it("is written by the portal's account and by who may change its Namespace", async () => {
      await as().apply(configMap('specified', 'ringfence', 'ours'));
      await as().asAdmin(
        ['apply', '--server-side', '--force-conflicts', '-f-'],
        configMap('specified', 'ringfence', 'of an administrator'),
      );
    });

    it('is not written by who may write ConfigMaps, which others are', async () => {
      await until('the role is in force', 30_000, () =>
        write('another', 'theirs').then(() => true),
      );
      await expect(write('ringfence', 'theirs')).rejects.toThrow(
        'Only Ringfence, and whoever may change the Namespace itself',
      );
    });
  });
}
