import { ReactNode, useId } from 'react';
import { Card, CardBody, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  BlueprintSummary,
  FindingStatus,
  PlatformSummary,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { Disclosure } from '../common/Disclosure';
import { Requirements } from '../common/Requirements';
import { SimulatedNotice } from '../common/SimulatedNotice';
import { StatusIcon } from '../common/StatusIcon';
import { eligibilityOf } from '../KubernetesClusterPicker/eligibility';
import styles from './PlatformsPage.module.css';

const Fact = (props: {
  readonly label: string;
  readonly children: ReactNode;
}) => (
  <div className={styles.fact}>
    <dt>{props.label}</dt>
    <dd>{props.children}</dd>
  </div>
);

const Facts = (props: { readonly platform: PlatformSummary }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { platform } = props;
  const list = (names: readonly string[]) =>
    names.join(', ') || t('platforms.facts.none');
  return (
    <dl className={styles.facts}>
      <Fact label={t('platforms.facts.kubernetes')}>
        {platform.kubernetesVersion ?? t('platforms.facts.unknown')}
      </Fact>
      <Fact label={t('platforms.facts.istio')}>
        {platform.istioVersion ?? t('platforms.facts.unknown')}
      </Fact>
      <Fact label={t('platforms.facts.gatewayClasses')}>
        {list(platform.gatewayClasses)}
      </Fact>
      <Fact label={t('platforms.facts.storageClasses')}>
        {list(
          platform.storageClasses.map(({ name, default: usual }) =>
            usual ? t('platforms.facts.default', { name }) : name,
          ),
        )}
      </Fact>
      <Fact label={t('platforms.facts.issuers')}>
        {list(platform.issuers.map(({ name }) => name))}
      </Fact>
    </dl>
  );
};

/** Where nobody has looked what a blueprint asks for, it is not called fine. */
function statusFor(
  platform: PlatformSummary,
  { kind }: BlueprintSummary,
): 'ok' | 'failing' | 'unknown' {
  if (!platform.requirements[kind]) return 'unknown';
  return eligibilityOf(platform, kind).eligible ? 'ok' : 'failing';
}

/** How one Kubernetes cluster stands to one blueprint. */
const BlueprintRow = (props: {
  readonly platform: PlatformSummary;
  readonly blueprint: BlueprintSummary;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { platform, blueprint } = props;
  const { lacks, notes } = eligibilityOf(platform, blueprint.kind);
  const status = statusFor(platform, blueprint);
  const met = (platform.requirements[blueprint.kind] ?? []).filter(
    requirement => requirement.met,
  );
  const words = [
    {
      ok: t('platforms.blueprints.takes'),
      failing: t('platforms.blueprints.lacks', { count: lacks.length }),
      unknown: t('platforms.blueprints.unjudged'),
    }[status],
    notes.length > 0 &&
      t('platforms.blueprints.notes', { count: notes.length }),
  ].filter(Boolean);

  return (
    <li className={styles.blueprint}>
      <div className={styles.blueprintHead}>
        <StatusIcon status={status} />
        <Text as="h4" variant="body-medium">
          <strong>{blueprint.title}</strong> {words.join(', ')}
        </Text>
      </div>
      <div className={styles.blueprintBody}>
        {lacks.length > 0 && <Requirements requirements={lacks} />}
        {notes.length > 0 && <Requirements requirements={notes} />}
        {met.length > 0 && (
          <Disclosure
            title={t('platforms.blueprints.met', { of: String(met.length) })}
          >
            <Requirements requirements={met} />
          </Disclosure>
        )}
      </div>
    </li>
  );
};

function usePlatformState(
  platform: PlatformSummary,
  blueprints: readonly BlueprintSummary[],
): { readonly status: FindingStatus; readonly words: string } {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  if (!platform.usable)
    return { status: 'failing', words: t('platforms.state.unusable') };
  const some = blueprints.filter(
    blueprint => statusFor(platform, blueprint) === 'ok',
  ).length;
  if (some === 0)
    return { status: 'failing', words: t('platforms.state.none') };
  if (some === blueprints.length)
    return { status: 'ok', words: t('platforms.state.ready') };
  return {
    status: 'warning',
    words: t('platforms.state.partly', {
      some: String(some),
      all: String(blueprints.length),
    }),
  };
}

/** One Kubernetes cluster: what it can do, and what stands against which blueprint. */
export const PlatformCard = (props: {
  readonly platform: PlatformSummary;
  readonly blueprints: readonly BlueprintSummary[];
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { platform, blueprints } = props;
  const state = usePlatformState(platform, blueprints);
  const titleId = useId();

  return (
    <section aria-labelledby={titleId}>
      <Card>
        <CardBody>
          <div className={styles.platform}>
            <div className={styles.platformHead}>
              <Text as="h3" variant="title-x-small" weight="bold" id={titleId}>
                {platform.name}
              </Text>
              <span className={styles.platformState}>
                <StatusIcon status={state.status} />
                <Text as="span" variant="body-medium" weight="bold">
                  {state.words}
                </Text>
              </span>
            </div>
            <Text as="p" variant="body-medium" color="secondary">
              {platform.message}
            </Text>
            {platform.simulated && (
              <SimulatedNotice what={platform.simulated} />
            )}
            {platform.usable && (
              <>
                <Facts platform={platform} />
                <ul
                  className={styles.blueprints}
                  aria-label={t('platforms.blueprints.label', {
                    platform: platform.name,
                  })}
                >
                  {blueprints.map(blueprint => (
                    <BlueprintRow
                      key={blueprint.kind}
                      platform={platform}
                      blueprint={blueprint}
                    />
                  ))}
                </ul>
              </>
            )}
          </div>
        </CardBody>
      </Card>
    </section>
  );
};
