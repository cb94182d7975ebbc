import { useCallback, useState } from 'react';
import { Select, Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  CertificateSummary,
  DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { useNow } from '../../hooks/useNow';
import { Run } from '../../hooks/useRun';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { ActionDialog } from './ActionDialog';

/** What clients meet first; a CA is renewed only where that is asked for. */
function servedFirst(
  certificates: readonly CertificateSummary[],
): CertificateSummary[] {
  return [...certificates].sort(
    (a, b) => Number(a.purpose === 'ca') - Number(b.purpose === 'ca'),
  );
}

/** Renews one certificate now, and shows that the new one is served. */
export const RenewDialog = (props: {
  readonly databaseRef: DatabaseRef;
  readonly certificates: readonly CertificateSummary[];
  /** Which is asked about first. */
  readonly name?: string;
  readonly run: Run;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const times = useTimes();
  const now = useNow();
  const { databaseRef, run } = props;
  const certificates = servedFirst(props.certificates);
  const [chosen, setChosen] = useState<string>();
  const name = chosen ?? props.name ?? certificates[0]?.name ?? '';
  const certificate = certificates.find(one => one.name === name);
  const expires =
    certificate?.notAfter &&
    t('actions.renew.expires', {
      name,
      expiry: times.expiry(certificate.notAfter, now),
    });
  const onConfirm = useCallback(
    () => run.start(() => api.renewCertificate(databaseRef, name)),
    [run, api, databaseRef, name],
  );

  return (
    <ActionDialog
      title={t('actions.renew.title', { name })}
      run={run}
      isOpen={props.isOpen}
      onOpenChange={props.onOpenChange}
      confirm={t('actions.renew.confirm')}
      again={t('actions.renew.again')}
      done={t('actions.renew.done')}
      canConfirm={certificate !== undefined}
      onConfirm={onConfirm}
      outcome={
        // Nobody is shown a CA by a handshake.
        certificate?.purpose === 'service' &&
        expires && (
          <Text as="p" variant="body-medium">
            <strong>{t('actions.renew.served')}:</strong> {expires}
          </Text>
        )
      }
    >
      {certificates.length > 1 && (
        <Select
          label={t('actions.renew.choose')}
          options={certificates.map(one => ({
            value: one.name,
            label: one.name,
          }))}
          value={name}
          onChange={value => setChosen(String(value))}
        />
      )}
      {expires && <Text as="p">{expires}</Text>}
      <Text as="p">
        {certificate?.purpose === 'ca'
          ? t('actions.renew.caText')
          : t('actions.renew.text')}
      </Text>
    </ActionDialog>
  );
};
