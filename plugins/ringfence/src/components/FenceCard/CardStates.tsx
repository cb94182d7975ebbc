import { ReactNode, useCallback, useState } from 'react';
import { Entity } from '@backstage/catalog-model';
import { Select, Skeleton, Text, VisuallyHidden } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RiErrorWarningLine,
  RiLinksLine,
  RiLock2Line,
  RiSearchEyeLine,
} from '@remixicon/react';
import {
  DATABASE_ANNOTATION,
  stringifyDatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { failureKind, failureMessage } from '../../errors';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import { CodeLine } from '../common/CodeLine';
import { Problem } from '../common/Problem';
import styles from './FenceCard.module.css';
import strip from './SegmentStrip.module.css';

/** The shape of a report, while the first one is on its way. */
export const LoadingState = () => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <div className={styles.report} aria-busy>
      <VisuallyHidden role="status">{t('card.loading')}</VisuallyHidden>
      <Skeleton width="100%" height={72} />
      <div className={strip.strip}>
        {['certificate', 'mesh', 'gateway', 'ring', 'access'].map(segment => (
          <Skeleton key={segment} width="100%" height={76} />
        ))}
      </div>
      {[1, 2, 3, 4].map(row => (
        <Skeleton key={row} width="100%" height={28} />
      ))}
    </div>
  );
};

/** Stands in the annotation where no database can be proposed. */
const PLACEHOLDER = '<Kubernetes cluster>/<namespace>';

function annotationFor(entity: Entity, address: string): string {
  return [
    `kind: ${entity.kind}`,
    'metadata:',
    `  name: ${entity.metadata.name}`,
    '  annotations:',
    `    ${DATABASE_ANNOTATION}: ${address}`,
  ].join('\n');
}

/** This entity's annotation to paste, with a database that the reader may see. */
export const EmptyState = (props: { readonly entity: Entity }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { entity } = props;
  const api = useApi(ringfenceApiRef);
  const listed = useLoad(useCallback(() => api.listDatabases(), [api]));
  // Without the list the annotation is still of use.
  const addresses =
    listed.status === 'loaded' ? listed.value.map(stringifyDatabaseRef) : [];
  const [chosen, setChosen] = useState<string>();
  const address = chosen ?? addresses[0] ?? PLACEHOLDER;
  const isResource = entity.kind.toLocaleLowerCase('en-US') === 'resource';

  return (
    <Problem
      icon={<RiLinksLine aria-hidden />}
      title={t('card.empty.title', {
        name: entity.metadata.title ?? entity.metadata.name,
      })}
    >
      <Text as="p" variant="body-medium">
        {t(isResource ? 'card.empty.text' : 'card.empty.clientText')}
      </Text>
      {addresses.length > 1 && (
        <Select
          label={t('card.empty.choose')}
          options={addresses.map(value => ({ value, label: value }))}
          value={address}
          onChange={value => setChosen(String(value))}
        />
      )}
      <CodeLine
        text={annotationFor(entity, address)}
        copyLabel={t('card.empty.copy')}
      />
      {listed.status === 'loaded' && addresses.length === 0 && (
        <Text as="p" variant="body-small" color="secondary">
          {t('card.empty.create')}
        </Text>
      )}
    </Problem>
  );
};

/** The annotation is there, but is no address. */
export const BadAnnotationState = (props: { readonly value: string }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <Problem
      icon={<RiErrorWarningLine aria-hidden />}
      title={t('card.badAnnotation.title')}
    >
      <Text as="p" variant="body-medium">
        {t('card.badAnnotation.text', {
          annotation: DATABASE_ANNOTATION,
          value: props.value,
        })}
      </Text>
    </Problem>
  );
};

/** A failed load: refused, missing, unreachable or else, each with what to do. */
export const FailedState = (props: {
  readonly error: Error;
  /** Address of the database, if it is known. */
  readonly database?: string;
  readonly owner?: ReactNode;
  readonly onRetry: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { error, database = '', owner, onRetry } = props;
  const kind = failureKind(error);
  const message = failureMessage(error);

  if (kind === 'denied') {
    return (
      <Problem
        icon={<RiLock2Line aria-hidden />}
        title={t('card.denied.title')}
      >
        <Text as="p" variant="body-medium">
          {t('card.denied.text')}
        </Text>
        {owner && (
          <Text as="p" variant="body-medium">
            {t('card.denied.owner')} {owner}
          </Text>
        )}
      </Problem>
    );
  }
  if (kind === 'missing') {
    return (
      <Problem
        icon={<RiSearchEyeLine aria-hidden />}
        title={t('card.error.missingTitle', { database })}
        onRetry={onRetry}
        role="alert"
      >
        <Text as="p" variant="body-medium">
          {t('card.error.missingText', { annotation: DATABASE_ANNOTATION })}
        </Text>
      </Problem>
    );
  }
  return (
    <Problem
      icon={<RiErrorWarningLine aria-hidden />}
      title={t('card.error.title')}
      onRetry={onRetry}
      role="alert"
    >
      <Text as="p" variant="body-medium">
        {kind === 'unreachable'
          ? t('card.error.unreachable', { message })
          : t('card.error.text', { message })}
      </Text>
      <Text as="p" variant="body-small" color="secondary">
        {t('card.error.next')}
      </Text>
    </Problem>
  );
};
