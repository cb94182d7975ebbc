import type {
  AuthService,
  BackstageCredentials,
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import { ANNOTATION_LOCATION, type Entity } from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import type {
  CatalogService,
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import type { RingfenceService } from '@ringfence/backstage-plugin-ringfence-node';
import { BLUEPRINT_LOCATION, PROVISION_ACTION, toTemplate } from './toTemplate';

/** A template that is registered at the same time as the portal starts must be seen first. */
const SEEN_WITHOUT = 2;

/** What {@link BlueprintTemplateProvider} works with. */
export interface BlueprintTemplateProviderDeps {
  readonly auth: Pick<AuthService, 'getOwnServiceCredentials'>;
  readonly catalog: Pick<CatalogService, 'getEntities'>;
  readonly logger: LoggerService;
  readonly ringfence: Pick<RingfenceService, 'listBlueprints'>;
  readonly schedule: SchedulerServiceTaskRunner;
  /** Entity ref of who owns the templates. */
  readonly owner?: string;
}

/**
 * Gives the catalog a template for each blueprint that nobody wrote one for.
 *
 * One that somebody wrote is known by what it does: a step that provisions a
 * database of that blueprint. It takes the place of the generated one. A
 * blueprint gets a generated one only once it was without a template twice in
 * a row, so that none appears for the moment until a written one is read; one
 * that is in the catalog stays while the portal starts again.
 */
export class BlueprintTemplateProvider implements EntityProvider {
  readonly #deps: BlueprintTemplateProviderDeps;
  #connection?: EntityProviderConnection;
  /** How often in a row a blueprint was without a written template, by its kind. */
  readonly #without = new Map<string, number>();

  constructor(deps: BlueprintTemplateProviderDeps) {
    this.#deps = deps;
  }

  getProviderName(): string {
    return 'ringfence-templates';
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.#connection = connection;
    await this.#deps.schedule.run({
      id: 'ringfence-blueprint-template-provider',
      fn: () => this.refresh(),
    });
  }

  /** Lists and hands over; logs what goes wrong and throws nothing. */
  async refresh(): Promise<void> {
    const { auth, logger, ringfence, owner } = this.#deps;
    try {
      const credentials = await auth.getOwnServiceCredentials();
      const blueprints = await ringfence.listBlueprints({ credentials });
      const templates = await this.#templates(credentials);
      const written = kindsOf(templates.filter(template => !isOurs(template)));
      const generated = kindsOf(templates.filter(isOurs));
      const wanted = blueprints.filter(({ kind }) => {
        const settled = this.#isSettled(kind, written.has(kind));
        return !written.has(kind) && (settled || generated.has(kind));
      });
      await this.#connection?.applyMutation({
        type: 'full',
        entities: wanted.map(blueprint => ({
          entity: toTemplate(blueprint, { owner }),
          locationKey: this.getProviderName(),
        })),
      });
    } catch (error) {
      logger.warn(
        'Blueprints could not be listed; their templates stay as they are',
        toError(error),
      );
    }
  }

  async #templates(credentials: BackstageCredentials): Promise<Entity[]> {
    const { items } = await this.#deps.catalog.getEntities(
      {
        filter: { kind: 'Template', 'spec.steps.action': PROVISION_ACTION },
        fields: ['kind', 'metadata.annotations', 'spec.steps'],
      },
      { credentials },
    );
    return items;
  }

  #isSettled(kind: string, isWritten: boolean): boolean {
    const count = isWritten ? 0 : (this.#without.get(kind) ?? 0) + 1;
    this.#without.set(kind, count);
    return count >= SEEN_WITHOUT;
  }
}

function isOurs({ metadata }: Entity): boolean {
  const location = metadata.annotations?.[ANNOTATION_LOCATION];
  return location?.startsWith(BLUEPRINT_LOCATION) ?? false;
}

/** The blueprints that templates provision. */
function kindsOf(templates: readonly Entity[]): Set<string> {
  const steps = templates.flatMap(({ spec }) => (spec?.steps ?? []) as Step[]);
  return new Set(
    steps
      .filter(({ action }) => action === PROVISION_ACTION)
      .flatMap(({ input }) => input?.blueprint ?? []),
  );
}

interface Step {
  readonly action?: string;
  readonly input?: { readonly blueprint?: string };
}
