import { ReactNode } from 'react';
import { Button, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiErrorWarningLine } from '@remixicon/react';
import type { CertificateDetails } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { CopyButton } from '../common/CopyButton';
import { CertificateTimeline } from '../FenceCard/CertificateTimeline';
import { ChainLink, chainsOf } from './chain';
import { Nothing } from './Part';
import styles from './Certificates.module.css';

const Field = (props: {
  readonly label: string;
  readonly children: ReactNode;
}) => (
  <div className={styles.field}>
    <dt>{props.label}</dt>
    <dd>{props.children}</dd>
  </div>
);

const Fields = (props: { readonly certificate: CertificateDetails }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { certificate } = props;
  const { name, issuer, issuedBy, subject, names, key, sha256 } = certificate;
  const signer =
    issuedBy === name
      ? t('tab.certificates.selfSigned')
      : t('tab.certificates.signedBy', { issuer: issuedBy ?? issuer ?? '' });
  return (
    <>
      {(issuer ?? issuedBy) && (
        <Text as="p" variant="body-small" color="secondary">
          {signer}
        </Text>
      )}
      <dl className={styles.fields}>
        {subject && (
          <Field label={t('tab.certificates.subject')}>{subject}</Field>
        )}
        {names.length > 0 && (
          <Field label={t('tab.certificates.names')}>{names.join(', ')}</Field>
        )}
        {key && <Field label={t('tab.certificates.key')}>{key}</Field>}
        {sha256 && (
          <Field label={t('tab.certificates.fingerprint')}>
            <span className={styles.fingerprint}>
              <code>{sha256}</code>
              <CopyButton
                text={sha256}
                label={t('tab.certificates.copyFingerprint', { name })}
              />
            </span>
          </Field>
        )}
      </dl>
    </>
  );
};

interface LinkProps {
  readonly link: ChainLink;
  readonly now: Date;
  /** Absent where the reader may not. */
  readonly onRenew?: (certificate: string) => void;
}

const Link = ({ link, now, onRenew }: LinkProps) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { certificate, signed } = link;
  const { name, purpose, problem } = certificate;
  return (
    <li className={styles.link}>
      <div className={styles.certificate} data-purpose={purpose}>
        {problem ? (
          <>
            <Text as="p" variant="body-medium">
              <strong>{t(`card.certificates.${purpose}`)}</strong> {name}
            </Text>
            <Text as="p" variant="body-small" className={styles.problem}>
              <RiErrorWarningLine aria-hidden size={16} /> {problem}
            </Text>
          </>
        ) : (
          <div className={styles.sides}>
            <ul className={styles.timeline}>
              <CertificateTimeline certificate={certificate} now={now} />
            </ul>
            <div>
              <Fields certificate={certificate} />
            </div>
          </div>
        )}
        {onRenew && (
          <div>
            <Button
              variant="secondary"
              aria-label={t('actions.renew.actionOf', { name })}
              onPress={() => onRenew(name)}
            >
              {t('actions.renew.confirm')}
            </Button>
          </div>
        )}
      </div>
      {signed.length > 0 && (
        <ul className={styles.signed}>
          {signed.map(one => (
            <Link
              key={one.certificate.name}
              link={one}
              now={now}
              onRenew={onRenew}
            />
          ))}
        </ul>
      )}
    </li>
  );
};

/** The certificates, each below the one that signed it. */
export const CertificateChain = (props: {
  readonly certificates: readonly CertificateDetails[];
  readonly now: Date;
  readonly onRenew?: (certificate: string) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { certificates, now, onRenew } = props;
  if (certificates.length === 0)
    return <Nothing>{t('tab.certificates.none')}</Nothing>;
  return (
    <ul className={styles.chain} aria-label={t('tab.certificates.chain')}>
      {chainsOf(certificates).map(link => (
        <Link
          key={link.certificate.name}
          link={link}
          now={now}
          onRenew={onRenew}
        />
      ))}
    </ul>
  );
};
