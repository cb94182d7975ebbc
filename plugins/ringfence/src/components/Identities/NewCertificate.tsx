import { Button, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiCheckboxCircleFill, RiDownloadLine } from '@remixicon/react';
import type { NewClientCertificate } from '@ringfence/backstage-plugin-ringfence-common';
import { saveAs } from '../../download';
import { useNow } from '../../hooks/useNow';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import actions from '../Actions/Actions.module.css';
import styles from './Identities.module.css';

const PEM = { type: 'application/x-pem-file' };

function fromBase64(text: string): Blob {
  const bytes = Uint8Array.from(atob(text), it => it.charCodeAt(0));
  return new Blob([bytes], { type: 'application/x-pkcs12' });
}

/** A client certificate and its key, to be taken away. */
export const NewCertificate = (props: {
  readonly made: NewClientCertificate;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const now = useNow();
  const { certificate, certificatePem, keyPem, keystore } = props.made;
  const { team, secret, notAfter } = certificate;
  return (
    <div className={styles.newLogin}>
      <div className={actions.ending} data-status="done" role="status">
        <RiCheckboxCircleFill aria-hidden size={20} />
        <Text as="p" variant="body-medium">
          <strong>{t('identities.certificates.made.done', { team })}.</strong>{' '}
          {notAfter && `${times.expiry(notAfter, now)}. `}
          {t('identities.certificates.made.once')}
        </Text>
      </div>
      <div className={styles.buttons}>
        <Button
          variant="secondary"
          iconStart={<RiDownloadLine aria-hidden />}
          onPress={() => saveAs('client.crt', new Blob([certificatePem], PEM))}
        >
          {t('identities.certificates.made.certificate')}
        </Button>
        <Button
          variant="secondary"
          iconStart={<RiDownloadLine aria-hidden />}
          onPress={() => saveAs('client.key', new Blob([keyPem], PEM))}
        >
          {t('identities.certificates.made.key')}
        </Button>
        <Button
          variant="secondary"
          iconStart={<RiDownloadLine aria-hidden />}
          onPress={() => saveAs('client.p12', fromBase64(keystore))}
        >
          {t('identities.certificates.made.keystore')}
        </Button>
      </div>
      <Text as="p" variant="body-small" color="secondary">
        {t('identities.certificates.made.keep', { secret })}
      </Text>
    </div>
  );
};
