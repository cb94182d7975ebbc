import { useState } from 'react';
import { Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  ROTATION_STEPS,
  type CaRotation,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { Run } from '../../hooks/useRun';
import { ringfenceTranslationRef } from '../../translation';
import { OutgoingBundles } from '../ConnectDialog/OutgoingBundles';
import { ActionDialog } from './ActionDialog';

const RotateCaContent = (props: {
  readonly databaseRef: DatabaseRef;
  readonly rotation: CaRotation;
  readonly run: Run;
  readonly onOpenChange: (isOpen: boolean) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const { databaseRef, run } = props;
  // Once it is done, the next is another; the dialog stays with the one that it asked about.
  const [{ next, underWay }] = useState(props.rotation);
  return (
    <ActionDialog
      title={t('actions.rotateCa.title', {
        index: String(ROTATION_STEPS.indexOf(next) + 1),
      })}
      run={run}
      isOpen
      onOpenChange={props.onOpenChange}
      confirm={t(
        underWay
          ? 'actions.rotateCa.again'
          : `actions.rotateCa.confirm.${next}`,
      )}
      again={t('actions.rotateCa.again')}
      done={t('actions.rotateCa.done')}
      canConfirm
      onConfirm={() => run.start(() => api.rotateCa(databaseRef, next))}
    >
      <Text as="p">{t(`actions.rotateCa.steps.${next}`)}</Text>
      <Text as="p">
        <strong>
          {t(
            underWay
              ? 'actions.rotateCa.underWay'
              : `actions.rotateCa.first.${next}`,
          )}
        </strong>
      </Text>
      {next !== 'trust' && <OutgoingBundles databaseRef={databaseRef} />}
    </ActionDialog>
  );
};

/** Takes the next step of the rotation of the database's own CA, or goes on with it. */
export const RotateCaDialog = (props: {
  readonly databaseRef: DatabaseRef;
  /** Absent where it has no CA of its own. */
  readonly rotation: CaRotation | undefined;
  readonly run: Run;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) => {
  const { rotation, isOpen, ...rest } = props;
  return isOpen && rotation ? (
    <RotateCaContent rotation={rotation} {...rest} />
  ) : null;
};
