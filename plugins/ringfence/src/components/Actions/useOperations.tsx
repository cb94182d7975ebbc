import { ReactNode, useCallback, useState } from 'react';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type { ReportState } from '../../hooks/useReport';
import { useRun } from '../../hooks/useRun';
import { RenewDialog } from './RenewDialog';
import { RepairDialog } from './RepairDialog';
import { RotateCaDialog } from './RotateCaDialog';

/** What an owner can have done, and the dialogs that ask before it is. */
export interface Operations {
  /** Absent where there is no certificate to renew. */
  readonly renew?: (certificate?: string) => void;
  readonly repair: () => void;
  /** Absent where the database has no CA of its own. */
  readonly rotateCa?: () => void;
  /** To be drawn somewhere. */
  readonly dialogs: ReactNode;
}

/**
 * The operations of one database. A run goes on while its dialog is hidden.
 *
 * @param state - its report is read again after a run
 * @param onEnd - called after a run: something else may have changed
 */
export function useOperations(
  databaseRef: DatabaseRef,
  { report, database, reload, refresh }: ReportState,
  onEnd?: () => void,
): Operations {
  const [open, setOpen] = useState<'renew' | 'repair' | 'rotateCa'>();
  const [certificate, setCertificate] = useState<string>();
  const read = useCallback(() => {
    onEnd?.();
    reload();
  }, [onEnd, reload]);
  // That nothing drifts is known by a probe alone, and the next one may be minutes away.
  const probe = useCallback(() => {
    onEnd?.();
    refresh();
  }, [onEnd, refresh]);
  const renewal = useRun(read);
  const repair = useRun(probe);
  const rotation = useRun(read);
  const onOpenChange = useCallback((isOpen: boolean) => {
    if (!isOpen) setOpen(undefined);
  }, []);
  const certificates = report?.certificates ?? [];
  const common = { databaseRef, onOpenChange };

  return {
    renew:
      certificates.length > 0
        ? name => {
            renewal.reset();
            // What is at work is looked at again, whichever was asked for.
            if (renewal.status !== 'running') setCertificate(name);
            setOpen('renew');
          }
        : undefined,
    repair: () => {
      repair.reset();
      setOpen('repair');
    },
    rotateCa: database?.caRotation
      ? () => {
          rotation.reset();
          setOpen('rotateCa');
        }
      : undefined,
    dialogs: (
      <>
        <RenewDialog
          {...common}
          key={certificate}
          certificates={certificates}
          name={certificate}
          run={renewal}
          isOpen={open === 'renew'}
        />
        <RepairDialog {...common} run={repair} isOpen={open === 'repair'} />
        <RotateCaDialog
          {...common}
          rotation={database?.caRotation}
          run={rotation}
          isOpen={open === 'rotateCa'}
        />
      </>
    ),
  };
}
