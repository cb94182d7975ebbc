import { ReactNode, useCallback } from 'react';
import {
  Button,
  Container,
  Skeleton,
  Text,
  VisuallyHidden,
} from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiRefreshLine, RiServerLine } from '@remixicon/react';
import type {
  BlueprintSummary,
  PlatformSummary,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import { LoadFailure } from '../common/LoadFailure';
import { Problem } from '../common/Problem';
import { PlatformCard } from './PlatformCard';
import common from '../common/common.module.css';
import styles from './PlatformsPage.module.css';

const Loading = () => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <div className={styles.page} aria-busy>
      <VisuallyHidden role="status">{t('platforms.loading')}</VisuallyHidden>
      <Skeleton width="100%" height={220} />
      <Skeleton width="100%" height={220} />
    </div>
  );
};

const Failed = (props: {
  readonly error: Error;
  readonly onRetry: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <LoadFailure
      {...props}
      denied={{
        title: t('platforms.deniedTitle'),
        text: t('platforms.deniedText'),
      }}
      failedTitle={t('platforms.errorTitle')}
    />
  );
};

const Platforms = (props: {
  readonly platforms: readonly PlatformSummary[];
  readonly blueprints: readonly BlueprintSummary[];
  readonly onReload: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { platforms, blueprints, onReload } = props;
  if (platforms.length === 0) {
    return (
      <Problem
        icon={<RiServerLine aria-hidden />}
        title={t('platforms.emptyTitle')}
        onRetry={onReload}
      >
        <Text as="p">{t('platforms.emptyText')}</Text>
      </Problem>
    );
  }
  return (
    <>
      <div className={styles.head}>
        <Text as="h2" variant="body-medium">
          {t('platforms.intro')}
        </Text>
        <Button
          variant="secondary"
          iconStart={<RiRefreshLine aria-hidden />}
          onPress={onReload}
        >
          {t('platforms.again')}
        </Button>
      </div>
      {platforms.map(platform => (
        <PlatformCard
          key={platform.name}
          platform={platform}
          blueprints={blueprints}
        />
      ))}
    </>
  );
};

/** What each Kubernetes cluster can do, and what it lacks for which blueprint. */
export const PlatformsPage = () => {
  const api = useApi(ringfenceApiRef);
  const listed = useLoad(
    useCallback(
      () => Promise.all([api.listPlatforms(), api.listBlueprints()]),
      [api],
    ),
  );

  let content: ReactNode = <Loading />;
  if (listed.status === 'failed')
    content = <Failed error={listed.error} onRetry={listed.reload} />;
  if (listed.status === 'loaded') {
    const [platforms, blueprints] = listed.value;
    content = (
      <Platforms
        platforms={platforms}
        blueprints={blueprints}
        onReload={listed.reload}
      />
    );
  }
  return (
    <Container>
      <div className={`${styles.page} ${common.readable}`}>{content}</div>
    </Container>
  );
};
