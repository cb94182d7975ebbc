import { useCallback } from 'react';
import { Button, Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiLoopLeftLine, RiRefreshLine } from '@remixicon/react';
import type {
  DatabaseRef,
  ManifestDrift,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import { CodeLine } from '../common/CodeLine';
import { Disclosure } from '../common/Disclosure';
import { DriftFields } from '../common/DriftFields';
import { StatusIcon } from '../common/StatusIcon';
import { Loaded, Nothing, Part } from './Part';
import styles from './FenceTab.module.css';

const hasDrifted = ({ drift }: ManifestDrift) => drift.length > 0;
const isMissing = ({ drift }: ManifestDrift) =>
  drift.some(({ field }) => field === undefined);

const Manifest = (props: { readonly manifest: ManifestDrift }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { manifest } = props;
  const { object, yaml, drift } = manifest;
  let words: string = t('tab.manifests.same');
  if (hasDrifted(manifest))
    words = t('tab.manifests.fields', { count: drift.length });
  if (isMissing(manifest)) words = t('tab.manifests.missing');

  return (
    <li className={styles.manifest}>
      <StatusIcon status={hasDrifted(manifest) ? 'warning' : 'ok'} />
      <div className={styles.manifestBody}>
        <Disclosure
          title={
            <>
              <strong>{object}</strong> {words}
            </>
          }
        >
          <CodeLine
            text={yaml}
            copyLabel={t('tab.manifests.copy', { object })}
          />
        </Disclosure>
        {hasDrifted(manifest) && !isMissing(manifest) && (
          <DriftFields object={object} drift={drift} />
        )}
      </div>
    </li>
  );
};

const Manifests = (props: { readonly manifests: readonly ManifestDrift[] }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { manifests } = props;
  const drifted = manifests.filter(hasDrifted);
  if (manifests.length === 0)
    return <Nothing>{t('tab.manifests.none')}</Nothing>;
  return (
    <>
      <Text as="p" variant="body-medium" role="status">
        {drifted.length === 0
          ? t('tab.manifests.asWanted', { count: manifests.length })
          : t('tab.manifests.drifted', {
              drifted: String(drifted.length),
              of: String(manifests.length),
            })}
      </Text>
      <ul className={styles.manifests}>
        {[...drifted, ...manifests.filter(one => !hasDrifted(one))].map(one => (
          <Manifest key={one.object} manifest={one} />
        ))}
      </ul>
    </>
  );
};

/** Each object as Ringfence applies it, and where it differs by now. */
export const ManifestsPart = (props: {
  readonly databaseRef: DatabaseRef;
  /** Compares again when it changes. */
  readonly version: string;
  /** Absent where the reader may not. */
  readonly onRepair?: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const { kubernetesCluster, namespace } = props.databaseRef;
  const compared = useLoad(
    useCallback(
      () => api.getDrift({ kubernetesCluster, namespace }),
      [api, kubernetesCluster, namespace],
    ),
    props.version,
  );
  const canRepair =
    props.onRepair &&
    compared.status === 'loaded' &&
    compared.value.some(hasDrifted);

  return (
    <Part
      title={t('tab.manifests.title')}
      actions={
        <div className={styles.actions}>
          <Button
            variant="tertiary"
            iconStart={<RiRefreshLine aria-hidden />}
            isPending={compared.status === 'loading'}
            onPress={compared.reload}
          >
            {t('tab.manifests.again')}
          </Button>
          {canRepair && (
            <Button
              variant="secondary"
              iconStart={<RiLoopLeftLine aria-hidden />}
              onPress={props.onRepair}
            >
              {t('actions.repair.action')}
            </Button>
          )}
        </div>
      }
    >
      <Loaded load={compared} failed={t('tab.manifests.failed')}>
        {manifests => <Manifests manifests={manifests} />}
      </Loaded>
    </Part>
  );
};
