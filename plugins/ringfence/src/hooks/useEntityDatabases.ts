import { useCallback } from 'react';
import {
  Entity,
  RELATION_DEPENDS_ON,
  parseEntityRef,
} from '@backstage/catalog-model';
import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import {
  DATABASE_ANNOTATION,
  DatabaseRef,
  parseDatabaseRef,
  stringifyDatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { Load, useLoad } from './useLoad';

/** A database that an entity stands for or uses. */
export interface EntityDatabase {
  readonly ref: DatabaseRef;
  /** `client` where the entity depends on the database, and is not it. */
  readonly perspective: 'database' | 'client';
  /** The database's own entity, where the catalog has it. */
  readonly entity?: Entity;
}

/** The databases of an entity, and what its annotation says where that is no address. */
export interface EntityDatabases {
  readonly databases: EntityDatabase[];
  readonly invalidAnnotation?: string;
  /** It depends on Resources, but on none that is a database of Ringfence. */
  readonly onlyOthers: boolean;
}

function annotatedDatabase(entity: Entity): DatabaseRef | undefined {
  const address = entity.metadata.annotations?.[DATABASE_ANNOTATION];
  return address === undefined ? undefined : parseDatabaseRef(address);
}

function resourceRefs(entity: Entity): string[] {
  return (entity.relations ?? [])
    .filter(relation => relation.type === RELATION_DEPENDS_ON)
    .map(relation => relation.targetRef)
    .filter(ref => parseEntityRef(ref).kind === 'resource');
}

/** An entity's own annotation, if it names a database. */
function ownDatabase(entity: Entity): EntityDatabase | undefined {
  const ref = annotatedDatabase(entity);
  if (!ref) return undefined;
  return entity.kind.toLocaleLowerCase('en-US') === 'resource'
    ? { ref, perspective: 'database', entity }
    : { ref, perspective: 'client' };
}

/** Those of `resources` that are databases; the one that `own` names first. */
function withDependencies(
  own: EntityDatabase | undefined,
  resources: readonly Entity[],
): EntityDatabase[] {
  const byAddress = new Map<string, EntityDatabase>();
  if (own) byAddress.set(stringifyDatabaseRef(own.ref), own);
  for (const entity of resources) {
    const ref = annotatedDatabase(entity);
    if (!ref) continue;
    const address = stringifyDatabaseRef(ref);
    const known = byAddress.get(address);
    byAddress.set(address, { perspective: 'client', entity, ...known, ref });
  }
  return [...byAddress.values()];
}

/** The databases that an entity stands for, or depends on as a client. */
export function useEntityDatabases(entity: Entity): Load<EntityDatabases> & {
  readonly reload: () => void;
} {
  const catalogApi = useApi(catalogApiRef);
  const load = useCallback(async (): Promise<EntityDatabases> => {
    const annotation = entity.metadata.annotations?.[DATABASE_ANNOTATION];
    const own = ownDatabase(entity);
    const invalidAnnotation = own ? undefined : annotation;
    if (own?.perspective === 'database')
      return { databases: [own], onlyOthers: false };

    const entityRefs = resourceRefs(entity);
    const { items } =
      entityRefs.length > 0
        ? await catalogApi.getEntitiesByRefs({ entityRefs })
        : { items: [] };
    const resources = items.filter(item => item !== undefined);
    const databases = withDependencies(own, resources);
    return {
      databases,
      invalidAnnotation,
      onlyOthers: entityRefs.length > 0 && databases.length === 0,
    };
  }, [catalogApi, entity]);
  return useLoad(load);
}
