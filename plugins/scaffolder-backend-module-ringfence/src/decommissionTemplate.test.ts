import { DATABASE_ANNOTATION } from '@ringfence/backstage-plugin-ringfence-common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const template = parse(
  readFileSync(
    join(__dirname, '../../../templates/decommission/template.yaml'),
    'utf8',
  ),
);
const [page] = template.spec.parameters;
const [fetch, decommission] = template.spec.steps;

describe('the template that decommissions a database', () => {
  it('offers the databases of the catalog, and nothing else of it', () => {
    expect(page.properties.entity).toMatchObject({
      'ui:field': 'EntityPicker',
      'ui:options': {
        allowArbitraryValues: false,
        catalogFilter: {
          kind: 'Resource',
          [`metadata.annotations.${DATABASE_ANNOTATION}`]: { exists: true },
        },
      },
    });
  });

  it('asks for the name again, and keeps the data unless told otherwise', () => {
    expect(page.required).toEqual(['entity', 'confirm', 'volumes']);
    expect(page.properties.confirm).not.toHaveProperty('default');
    expect(page.properties.volumes).toMatchObject({
      default: 'keep',
      enum: ['keep', 'delete'],
      enumNames: [expect.any(String), expect.any(String)],
    });
  });

  it('takes the address from the entity, and hands each value over in one expression', () => {
    expect(fetch).toMatchObject({
      action: 'catalog:fetch',
      input: { entityRef: '${{ parameters.entity }}' },
    });
    expect(decommission).toMatchObject({
      action: 'ringfence:database:decommission',
      input: {
        database: `\${{ steps.${fetch.id}.output.entity.metadata.annotations['${DATABASE_ANNOTATION}'] }}`,
        confirm: '${{ parameters.confirm }}',
        deleteVolumes: "${{ parameters.volumes == 'delete' }}",
      },
    });
  });
});
