import { EntityDatabase } from '../../hooks/useEntityDatabases';
import { useReport } from '../../hooks/useReport';
import { useOperations } from '../Actions/useOperations';
import { DatabaseFrame } from './DatabaseFrame';
import { FenceReport } from './FenceReport';

/** The card of one database, with its whole report. */
export const DatabaseFence = (props: {
  readonly database: EntityDatabase;
  /** Title of the client, where the card is on its entity. */
  readonly client?: string;
}) => {
  const { database, client } = props;
  const state = useReport(database.ref);
  const operations = useOperations(database.ref, state);
  return (
    <DatabaseFrame
      database={database}
      state={state}
      operations={operations}
      client={client}
      draw={drawn => <FenceReport {...drawn} />}
    />
  );
};
