import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { ringfenceTranslationRef } from '../../translation';
import { Ago } from '../common/Ago';

/** When something was issued, and by whom. */
export const IssuedBy = (props: {
  readonly at: string;
  /** Entity ref. */
  readonly by: string;
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <>
      <Ago moment={props.at} now={props.now} /> {t('identities.roles.issuedBy')}{' '}
      <EntityRefLink entityRef={props.by} />
    </>
  );
};
