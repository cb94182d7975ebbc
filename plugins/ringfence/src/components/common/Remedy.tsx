import { Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Remedy as RemedyData } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { CodeLine } from './CodeLine';
import styles from './common.module.css';

/** What to do: a sentence, and the exact command where there is one. */
export const Remedy = (props: { readonly remedy: RemedyData }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { text, command } = props.remedy;
  return (
    <div className={styles.remedy}>
      <Text as="p" variant="body-medium">
        {text}
      </Text>
      {command && (
        <CodeLine text={command} copyLabel={t('common.copyCommand')} />
      )}
    </div>
  );
};
