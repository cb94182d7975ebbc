import { ReactNode, useEffect, useRef } from 'react';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Text,
} from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiCloseCircleFill } from '@remixicon/react';
import { failureMessage } from '../../errors';
import type { Request } from '../../hooks/useRequest';
import { ringfenceTranslationRef } from '../../translation';
import actions from '../Actions/Actions.module.css';
import common from '../common/common.module.css';

const Failure = (props: { readonly error: Error }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <div className={actions.ending} data-status="failed" role="alert">
      <RiCloseCircleFill aria-hidden size={20} />
      <Text as="p" variant="body-medium">
        <strong>{t('identities.failed')}.</strong> {failureMessage(props.error)}
      </Text>
    </div>
  );
};

/** Asks first, and then shows what came of it. */
export function IdentityDialog<T>(props: {
  readonly title: string;
  readonly request: Request<T>;
  readonly onClose: () => void;
  readonly confirm: string;
  /** Takes something away. */
  readonly destructive?: boolean;
  readonly onConfirm: () => void;
  /** What is asked. */
  readonly children: ReactNode;
  readonly outcome: (value: T) => ReactNode;
}) {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { request, onClose, destructive } = props;
  const done = request.status === 'done';
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The button that had the focus is gone then.
    if (done) close.current?.focus();
  }, [done]);
  return (
    <Dialog
      isOpen
      width={640}
      onOpenChange={isOpen => {
        if (!isOpen) onClose();
      }}
      className={`${actions.dialog} ${common.readable}`}
    >
      <DialogHeader>{props.title}</DialogHeader>
      <DialogBody>
        <div className={actions.body}>
          {done ? props.outcome(request.value) : props.children}
          {request.status === 'failed' && <Failure error={request.error} />}
          {!done && (
            <Text as="p" variant="body-small" color="secondary">
              {t('identities.audited')}
            </Text>
          )}
        </div>
      </DialogBody>
      <DialogFooter>
        {!done && (
          <Button
            variant="primary"
            destructive={destructive}
            isPending={request.status === 'pending'}
            onPress={props.onConfirm}
          >
            {props.confirm}
          </Button>
        )}
        <Button
          ref={close}
          variant={done ? 'primary' : 'secondary'}
          slot="close"
        >
          {t(done ? 'identities.close' : 'identities.cancel')}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
