import { Button, ButtonIcon, VisuallyHidden } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RiCheckLine,
  RiErrorWarningLine,
  RiFileCopyLine,
} from '@remixicon/react';
import { CopyOutcome, useCopy } from '../../hooks/useCopy';
import { ringfenceTranslationRef } from '../../translation';
import styles from './common.module.css';

function iconOf(outcome: CopyOutcome | undefined) {
  if (outcome === 'copied') return <RiCheckLine aria-hidden />;
  if (outcome === 'failed') return <RiErrorWarningLine aria-hidden />;
  return <RiFileCopyLine aria-hidden />;
}

/** Copies `text` and says so, to eyes and to screen readers. */
export const CopyButton = (props: {
  readonly text: string;
  /** Says what is copied. */
  readonly label: string;
  /** Shows the label beside the icon. */
  readonly labelled?: boolean;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { outcome, copy } = useCopy();
  const said = {
    copied: t('common.copied'),
    failed: t('common.copyFailed'),
  };
  const onPress = () => copy(props.text);

  return (
    <>
      {props.labelled ? (
        <Button
          variant="secondary"
          iconStart={iconOf(outcome)}
          onPress={onPress}
        >
          {outcome === 'copied' ? said.copied : props.label}
        </Button>
      ) : (
        <ButtonIcon
          variant="tertiary"
          aria-label={props.label}
          icon={iconOf(outcome)}
          onPress={onPress}
        />
      )}
      <VisuallyHidden role="status">{outcome && said[outcome]}</VisuallyHidden>
      {outcome === 'failed' && (
        <span className={styles.copyFailed} aria-hidden>
          {said.failed}
        </span>
      )}
    </>
  );
};
