import { useCallback } from 'react';
import { Skeleton, Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { failureMessage } from '../../errors';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import { PeersTable } from '../FenceTab/DetailTables';
import { Step } from './Step';

/** Who is connected, by identity. */
export const PeersStep = ({
  databaseRef,
}: {
  readonly databaseRef: DatabaseRef;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const loaded = useLoad(
    useCallback(() => api.getDetails(databaseRef), [api, databaseRef]),
  );
  if (loaded.status === 'loading') {
    return (
      <Step title={t('connect.peers.title')}>
        <Skeleton width="100%" height={72} />
      </Step>
    );
  }
  if (loaded.status === 'failed') {
    return (
      <Step title={t('connect.peers.title')}>
        <Text as="p">
          {t('connect.peers.failed', {
            message: failureMessage(loaded.error),
          })}
        </Text>
      </Step>
    );
  }
  const { peers, unknown } = loaded.value;
  // None, where something could not be looked at, is not the same as none.
  const doubts = peers.length > 0 ? [] : unknown;
  return (
    <Step title={t('connect.peers.title')}>
      {doubts.map(({ what, why }) => (
        <Text as="p" key={what}>
          {t('connect.peers.unknown', { what, why })}
        </Text>
      ))}
      {doubts.length === 0 && (
        <>
          <Text as="p" variant="body-small" color="secondary">
            {t('connect.peers.text')}
          </Text>
          <PeersTable peers={peers} />
        </>
      )}
    </Step>
  );
};
