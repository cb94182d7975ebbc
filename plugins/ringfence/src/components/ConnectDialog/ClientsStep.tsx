import { Tab, TabList, TabPanel, Tabs, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  Access,
  Snippet,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { CodeLine } from '../common/CodeLine';
import { Step } from './Step';
import styles from './ConnectDialog.module.css';

/** Id of the tab that stands for every client. */
const ANY = 'any';

const SnippetPanel = (props: { readonly snippet: Snippet }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { title, note, path, text } = props.snippet;
  return (
    <div className={styles.panel}>
      {note && (
        <Text as="p" variant="body-medium">
          {note}
        </Text>
      )}
      <CodeLine text={text} copyLabel={t('connect.clients.copy', { title })} />
      <Text as="p" variant="body-small" color="secondary">
        {t('connect.clients.file', { path })}
      </Text>
    </div>
  );
};

/** One command for any client, and the snippet of each client that we know. */
export const ClientsStep = (props: { readonly access: Access }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { command, snippets } = props.access;
  return (
    <Step number={3} title={t('connect.clients.title')}>
      <Tabs className={styles.clients}>
        <TabList aria-label={t('connect.clients.label')}>
          <Tab id={ANY}>{t('connect.clients.any')}</Tab>
          {snippets.map(({ id, title }) => (
            <Tab key={id} id={id}>
              {title}
            </Tab>
          ))}
        </TabList>
        <TabPanel id={ANY}>
          <div className={styles.panel}>
            <Text as="p" variant="body-medium">
              {t('connect.command.text')}
            </Text>
            <CodeLine text={command} copyLabel={t('connect.command.copy')} />
          </div>
        </TabPanel>
        {snippets.map(snippet => (
          <TabPanel key={snippet.id} id={snippet.id}>
            <SnippetPanel snippet={snippet} />
          </TabPanel>
        ))}
      </Tabs>
    </Step>
  );
};
