import { useState } from 'react';
import { Button, Checkbox, Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiDownloadLine } from '@remixicon/react';
import type {
  Access,
  BundleFile,
  DatabaseRef,
  RingfenceApi,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { saveAs } from '../../download';
import { failureMessage } from '../../errors';
import { useNow } from '../../hooks/useNow';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import type { ClientCertificateMode } from '../Identities/clientCertificateMode';
import { CertificatePicker } from './CertificatePicker';
import { OutgoingBundles } from './OutgoingBundles';
import { Step } from './Step';
import styles from './ConnectDialog.module.css';

type Download =
  | { readonly status: 'idle' | 'pending' }
  | { readonly status: 'done'; readonly fileName: string }
  | { readonly status: 'failed'; readonly message: string };

type BundleOptions = NonNullable<Parameters<RingfenceApi['downloadBundle']>[1]>;

function useDownload(databaseRef: DatabaseRef) {
  const api = useApi(ringfenceApiRef);
  const [download, setDownload] = useState<Download>({ status: 'idle' });
  const start = async (options: BundleOptions) => {
    setDownload({ status: 'pending' });
    try {
      const { fileName, content } = await api.downloadBundle(
        databaseRef,
        options,
      );
      saveAs(fileName, content);
      setDownload({ status: 'done', fileName });
    } catch (error) {
      const message = failureMessage(error as Error);
      setDownload({ status: 'failed', message });
    }
  };
  return { download, start };
}

/** The first CA certificate to end: the bundle is good until then. */
function firstExpiry(access: Access): string | undefined {
  return access.ca.certificates.map(({ notAfter }) => notAfter).sort()[0];
}

const KILOBYTES = new Intl.NumberFormat(undefined, {
  style: 'unit',
  unit: 'kilobyte',
  maximumFractionDigits: 1,
  minimumFractionDigits: 1,
});

const Contents = (props: {
  readonly label: string;
  readonly files: readonly BundleFile[];
}) => (
  // It scrolls, so the keyboard must reach it.
  // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  <ul className={styles.files} aria-label={props.label} tabIndex={0}>
    {props.files.map(file => (
      <li key={file.path} className={styles.file}>
        <code>{file.path}</code>
        <span className={styles.fileDescription}>{file.description}</span>
        <span className={styles.fileSize}>
          {KILOBYTES.format(file.bytes / 1000)}
        </span>
      </li>
    ))}
  </ul>
);

/** What is in the bundle, until when it is good, and its download. */
export const BundleStep = (props: {
  readonly databaseRef: DatabaseRef;
  readonly access: Access;
  readonly allowed: boolean;
  /** What the database asks of clients. */
  readonly mode: ClientCertificateMode;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const now = useNow();
  const { access, allowed, databaseRef, mode } = props;
  const [team, setTeam] = useState<string>();
  const [wantsJks, setWantsJks] = useState(false);
  const { download, start } = useDownload(databaseRef);
  const { fileName, files } = access.bundle;
  const notAfter = firstExpiry(access);

  return (
    <Step number={1} title={t('connect.bundle.title')}>
      {notAfter && (
        <Text as="p" variant="body-medium">
          {t('connect.bundle.text', {
            date: times.date(notAfter),
            expiry: times.expiry(notAfter, now),
          })}
        </Text>
      )}
      <Contents
        label={t('connect.bundle.contents', { fileName })}
        files={files}
      />
      {allowed && mode !== 'off' && (
        <CertificatePicker
          databaseRef={databaseRef}
          mode={mode}
          team={team}
          onChange={setTeam}
        />
      )}
      {allowed && (
        <Checkbox isSelected={wantsJks} onChange={setWantsJks}>
          {t('connect.bundle.jks')}
        </Checkbox>
      )}
      {allowed ? (
        <div className={styles.row}>
          <Button
            variant="primary"
            iconStart={<RiDownloadLine aria-hidden />}
            isPending={download.status === 'pending'}
            onPress={() =>
              start({
                ...(team && { clientCertificate: team }),
                ...(wantsJks && { format: 'jks' }),
              })
            }
          >
            {t('connect.bundle.download', { fileName })}
          </Button>
          <span role="status">
            {download.status === 'done' && (
              <Text variant="body-small" color="secondary">
                {t('connect.bundle.downloaded', {
                  fileName: download.fileName,
                })}
              </Text>
            )}
          </span>
        </div>
      ) : (
        <Text as="p" variant="body-small" color="secondary">
          {t('connect.bundle.notAllowed')}
        </Text>
      )}
      {download.status === 'failed' && (
        <Text as="p" role="alert" variant="body-small" color="danger">
          {t('connect.bundle.failed', { message: download.message })}
        </Text>
      )}
      <OutgoingBundles databaseRef={databaseRef} />
    </Step>
  );
};
