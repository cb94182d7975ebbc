import { ReactNode, useCallback, useState } from 'react';
import type {
  DatabaseRef,
  Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import { useRun } from '../../hooks/useRun';
import { RenewDialog } from './RenewDialog';
import { RepairDialog } from './RepairDialog';

/** What an owner can have done, and the dialogs that ask before it is. */
export interface Operations {
  /** Absent where there is no certificate to renew. */
  readonly renew?: (certificate?: string) => void;
  readonly repair: () => void;
  /** To be drawn somewhere. */
  readonly dialogs: ReactNode;
}

/**
 * The operations of one database. A run goes on while its dialog is hidden.
 *
 * @param onEnd - called after a run: something may have changed
 */
export function useOperations(
  databaseRef: DatabaseRef,
  report: Report | undefined,
  onEnd: () => void,
): Operations {
  const [open, setOpen] = useState<'renew' | 'repair'>();
  const [certificate, setCertificate] = useState<string>();
  const renewal = useRun(onEnd);
  const repair = useRun(onEnd);
  const onOpenChange = useCallback((isOpen: boolean) => {
    if (!isOpen) setOpen(undefined);
  }, []);
  const certificates = report?.certificates ?? [];

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
    dialogs: (
      <>
        <RenewDialog
          key={certificate}
          databaseRef={databaseRef}
          certificates={certificates}
          name={certificate}
          run={renewal}
          isOpen={open === 'renew'}
          onOpenChange={onOpenChange}
        />
        <RepairDialog
          databaseRef={databaseRef}
          run={repair}
          isOpen={open === 'repair'}
          onOpenChange={onOpenChange}
        />
      </>
    ),
  };
}
