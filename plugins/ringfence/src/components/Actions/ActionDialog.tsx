import { ReactNode } from 'react';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Text,
} from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Run } from '../../hooks/useRun';
import { ringfenceTranslationRef } from '../../translation';
import { RunProgress } from './RunProgress';
import common from '../common/common.module.css';
import styles from './Actions.module.css';

/** Asks first, then shows how it goes, then how it went. */
export const ActionDialog = (props: {
  readonly title: string;
  readonly run: Run;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly confirm: string;
  /** What the button says once it has failed. */
  readonly again: string;
  /** In a word, that it ended well. */
  readonly done: string;
  readonly canConfirm: boolean;
  readonly onConfirm: () => void;
  /** What is asked. */
  readonly children: ReactNode;
  /** What is shown below, once it has ended well. */
  readonly outcome?: ReactNode;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { title, run, isOpen, onOpenChange, onConfirm } = props;
  const { status } = run;
  const asking = status === 'idle' || status === 'failed';
  let close: string = t('actions.cancel');
  if (status === 'running') close = t('actions.hide');
  if (status === 'done') close = t('actions.close');

  return (
    <Dialog
      width={640}
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      className={`${styles.dialog} ${common.readable}`}
    >
      <DialogHeader>{title}</DialogHeader>
      <DialogBody>
        <div className={styles.body}>
          {asking && props.children}
          {status !== 'idle' && <RunProgress run={run} done={props.done} />}
          {status === 'done' && props.outcome}
          {asking && (
            <Text as="p" variant="body-small" color="secondary">
              {t('actions.audited')}
            </Text>
          )}
        </div>
      </DialogBody>
      <DialogFooter>
        {asking && (
          <Button
            variant="primary"
            isDisabled={!props.canConfirm}
            onPress={onConfirm}
          >
            {status === 'failed' ? props.again : props.confirm}
          </Button>
        )}
        <Button variant="secondary" slot="close">
          {close}
        </Button>
      </DialogFooter>
    </Dialog>
  );
};
