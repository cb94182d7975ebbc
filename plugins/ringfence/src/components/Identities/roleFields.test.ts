import { problemsOf, requestOf, RoleFields } from './roleFields';

const FIELDS: RoleFields = {
  name: 'web',
  team: 'group:default/shop',
  keyspaces: 'carts',
  access: 'read',
};

it('reads keyspaces with commas, blanks and doubles between them', () => {
  expect(
    requestOf({
      ...FIELDS,
      name: ' web ',
      keyspaces: ' carts, items\n carts,',
    }),
  ).toEqual({
    name: 'web',
    team: 'group:default/shop',
    keyspaces: ['carts', 'items'],
    access: 'read',
  });
});

it.each<[string, Partial<RoleFields>, object]>([
  ['nothing wrong', {}, {}],
  [
    'a name that is no name',
    { name: 'Web API' },
    { name: { problem: 'nameInvalid' } },
  ],
  ['a name that is taken', { name: 'old' }, { name: { problem: 'nameTaken' } }],
  ['no team', { team: '' }, { team: { problem: 'teamInvalid' } }],
  [
    'no keyspace',
    { keyspaces: ' ' },
    { keyspaces: { problem: 'keyspacesMissing' } },
  ],
  [
    'a keyspace that cannot be one',
    { keyspaces: 'carts, my-items' },
    { keyspaces: { problem: 'keyspacesInvalid', keyspace: 'my-items' } },
  ],
  [
    "one of the database's own keyspaces",
    { keyspaces: 'carts, system_auth' },
    { keyspaces: { problem: 'keyspacesSystem', keyspace: 'system_auth' } },
  ],
])('sees %s', (_what, changes, problems) => {
  const request = requestOf({ ...FIELDS, ...changes });
  expect(problemsOf(request, ['old'])).toEqual(problems);
});
