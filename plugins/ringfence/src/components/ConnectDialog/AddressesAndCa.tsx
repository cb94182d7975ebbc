import { Button, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiDownloadLine } from '@remixicon/react';
import type { Access } from '@ringfence/backstage-plugin-ringfence-common';
import { saveAs } from '../../download';
import { useNow } from '../../hooks/useNow';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { CopyButton } from '../common/CopyButton';
import { Facts } from './Facts';
import { Step } from './Step';
import styles from './ConnectDialog.module.css';

type Endpoint = Access['connection']['endpoints'][number];

/** `host:port`; an IPv6 address in brackets. */
function addressOf({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const Addresses = (props: {
  readonly endpoints: readonly Endpoint[];
  readonly scope: Endpoint['scope'];
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <ul className={styles.addresses}>
      {props.endpoints
        .filter(({ scope }) => scope === props.scope)
        .map(addressOf)
        .map(address => (
          <li key={address} className={styles.row}>
            <code>{address}</code>
            <CopyButton
              text={address}
              label={t('connect.details.copyAddress', { address })}
            />
          </li>
        ))}
    </ul>
  );
};

const Ca = (props: { readonly ca: Access['ca']; readonly file: string }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const now = useNow();
  const { ca, file } = props;
  const save = () =>
    saveAs(file, new Blob([ca.pem], { type: 'application/x-pem-file' }));
  return (
    <>
      {ca.certificates.map(certificate => (
        <div key={certificate.sha256} className={styles.ca}>
          <Facts
            rows={[
              {
                label: t('connect.details.ca'),
                value: (
                  <>
                    {certificate.subject}
                    <time
                      className={styles.secondary}
                      dateTime={certificate.notAfter}
                      title={times.absolute(certificate.notAfter)}
                    >
                      {times.expiry(certificate.notAfter, now)} (
                      {times.date(certificate.notAfter)})
                    </time>
                  </>
                ),
              },
              {
                label: t('connect.details.caFingerprint'),
                value: (
                  <>
                    <code className={styles.fingerprint}>
                      {certificate.sha256}
                    </code>
                    <CopyButton
                      text={certificate.sha256}
                      label={t('connect.details.copyFingerprint')}
                    />
                  </>
                ),
              },
            ]}
          />
        </div>
      ))}
      <div className={styles.row}>
        <Button
          variant="secondary"
          iconStart={<RiDownloadLine aria-hidden />}
          onPress={save}
        >
          {t('connect.details.downloadCa', { file })}
        </Button>
        <CopyButton
          labelled
          text={ca.pem}
          label={t('connect.details.copyCa')}
        />
      </div>
    </>
  );
};

/** For those who configure a client by hand. */
export const AddressesAndCa = (props: { readonly access: Access }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { endpoints, tls, cql, rest } = props.access.connection;
  const rows = [
    { scope: 'external' as const, label: t('connect.details.external') },
    { scope: 'in-cluster' as const, label: t('connect.details.inCluster') },
  ]
    .filter(({ scope }) => endpoints.some(one => one.scope === scope))
    .map(({ scope, label }) => ({
      label,
      value: <Addresses endpoints={endpoints} scope={scope} />,
    }));
  const restRows = [
    { scope: 'external' as const, label: t('connect.details.restExternal') },
    { scope: 'in-cluster' as const, label: t('connect.details.restInCluster') },
  ]
    .filter(({ scope }) => rest?.endpoints.some(one => one.scope === scope))
    .map(({ scope, label }) => ({
      label,
      value: <Addresses endpoints={rest!.endpoints} scope={scope} />,
    }));

  return (
    <Step title={t('connect.details.title')}>
      <Facts
        rows={[
          ...rows,
          ...restRows,
          {
            label: t('connect.details.serverName'),
            value: (
              <>
                <code>{tls.serverName}</code>
                <CopyButton
                  text={tls.serverName}
                  label={t('connect.details.copyServerName')}
                />
              </>
            ),
          },
          {
            label: t('connect.details.minVersion'),
            value: (
              <Text as="span">
                {t('connect.details.minVersionValue', {
                  version: tls.minVersion.replace('TLSv', ''),
                })}
              </Text>
            ),
          },
          ...(cql
            ? [
                {
                  label: t('connect.details.datacenter'),
                  value: <code>{cql.datacenter}</code>,
                },
              ]
            : []),
        ]}
      />
      <Ca ca={props.access.ca} file={tls.caFile} />
    </Step>
  );
};
