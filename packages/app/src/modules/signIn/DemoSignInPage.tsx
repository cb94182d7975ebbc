import { ProxiedSignInPage } from '@backstage/core-components';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import { Button, Text } from '@backstage/ui';
import { useState } from 'react';
import { LogoMark } from '../nav/LogoMark';
import styles from './DemoSignInPage.module.css';
import { chooseDemoUser, chosenDemoUser } from './demoUser';

/** Read by `packages/backend/src/demo/signIn.ts`. */
const USER_HEADER = 'x-ringfence-demo-user';

const USERS = [
  {
    name: 'ada',
    title: 'Ada',
    about: 'of team Payments, who own the databases',
  },
  { name: 'ben', title: 'Ben', about: 'of team Search, who own none' },
];

/** Asks once who one wants to be; remembered for the browser tab. */
export function DemoSignInPage(props: SignInPageProps) {
  const [user, setUser] = useState(chosenDemoUser);
  if (user) {
    return (
      <ProxiedSignInPage
        {...props}
        provider="demo"
        headers={{ [USER_HEADER]: user }}
      />
    );
  }
  const choose = (name: string) => {
    chooseDemoUser(name);
    setUser(name);
  };
  return (
    <main className={styles.page}>
      <svg viewBox="0 0 32 32" width="72" height="72" aria-hidden>
        <LogoMark />
      </svg>
      <Text as="h1" variant="title-medium" weight="bold">
        Ringfence demo portal
      </Text>
      <Text color="secondary">
        It asks for no password, and this machine alone can reach it. Who are
        you?
      </Text>
      <div className={styles.people}>
        {USERS.map(({ name, title, about }) => (
          <div key={name} className={styles.person}>
            <Button size="medium" onPress={() => choose(name)}>
              {`Enter as ${title}`}
            </Button>
            <Text color="secondary">{about}</Text>
          </div>
        ))}
      </div>
    </main>
  );
}
