import { useState } from 'react';
import { Select, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  Access,
  Snippet,
  WayIn,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { CodeLine } from '../common/CodeLine';
import { Step } from './Step';
import { withRole } from './withRole';
import styles from './ConnectDialog.module.css';

/** Id of the choice that stands for every client. */
const ANY = 'any';

const SnippetPanel = (props: {
  readonly snippet: Snippet;
  readonly access: Access;
  readonly role: string | undefined;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { snippet, access, role } = props;
  const { title, note, path } = snippet;
  const text = withRole(snippet.text, access.connection.role, role);
  return (
    <>
      {note && (
        <Text as="p" variant="body-medium">
          {note}
        </Text>
      )}
      <CodeLine text={text} copyLabel={t('connect.clients.copy', { title })} />
      <Text as="p" variant="body-small" color="secondary">
        {t('connect.clients.file', { path })}
      </Text>
    </>
  );
};

/** Where `ringfence-connect up` listens, by protocol. */
const LOCAL_PORTS = { cql: 9042, ignite: 10800 } as const;

const AnyPanel = (props: {
  readonly command: string;
  readonly protocol: Access['connection']['protocol'];
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <>
      <Text as="p" variant="body-medium">
        {t('connect.command.text', {
          port: String(LOCAL_PORTS[props.protocol]),
        })}
      </Text>
      <CodeLine text={props.command} copyLabel={t('connect.command.copy')} />
    </>
  );
};

/** How the client that was picked comes to the nodes. */
const Routing = (props: {
  readonly access: Access;
  readonly snippet: Snippet | undefined;
  readonly through: WayIn['through'];
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { access, snippet, through } = props;
  let text: string = t(
    through === 'nodes' ? 'connect.routing.nodes' : 'connect.routing.shared',
  );
  if (access.connection.protocol === 'ignite') {
    text = t('connect.routing.cluster');
  }
  if (access.connection.cql?.nodes) {
    text = t(
      snippet?.routing === 'per-node'
        ? 'connect.routing.perNode'
        : 'connect.routing.sharedHere',
    );
  }
  return (
    <Text as="p" variant="body-small" color="secondary">
      <strong>{t('connect.routing.title')}.</strong> {text}
    </Text>
  );
};

/** One command for any client, and the snippet of each client that we know. */
export const ClientsStep = (props: {
  readonly access: Access;
  /** The role that logs in; the snippets name it. */
  readonly role: string | undefined;
  readonly through: WayIn['through'];
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { access, role, through } = props;
  const { command, snippets } = access;
  const [client, setClient] = useState(ANY);
  const snippet = snippets.find(({ id }) => id === client);
  return (
    <Step number={3} title={t('connect.clients.title')}>
      <Select
        label={t('connect.clients.label')}
        className={styles.picker}
        search={{ placeholder: t('connect.clients.search') }}
        options={[
          { value: ANY, label: t('connect.clients.any') },
          ...snippets.map(({ id, title }) => ({ value: id, label: title })),
        ]}
        value={client}
        onChange={value => setClient(String(value))}
      />
      {snippet ? (
        <SnippetPanel snippet={snippet} access={access} role={role} />
      ) : (
        <AnyPanel command={command} protocol={access.connection.protocol} />
      )}
      <Routing access={access} snippet={snippet} through={through} />
    </Step>
  );
};
