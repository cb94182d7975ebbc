import type { DatabaseSpec } from '@ringfence/backstage-plugin-ringfence-common';
import type { Blueprint } from '@ringfence/backstage-plugin-ringfence-node';

/** A spec that its blueprint has read and completed. */
export interface ParsedSpec {
  readonly blueprint: Blueprint<any>;
  readonly spec: DatabaseSpec;
}

/** Which blueprints there are. */
export interface BlueprintRegistry {
  list(): readonly Blueprint<any>[];
  /** @throws NotFoundError */
  get(kind: string): Blueprint<any>;
  /**
   * Reads a spec with the blueprint that its field `blueprint` names, without the
   * secrets that users may send with it (`Blueprint.secretFields`).
   *
   * @throws InputError with the path and what would be right, such as
   * `spec.certificate.renewBefore: must be shorter than duration (2160h)`
   */
  parse(spec: unknown): ParsedSpec;
}
