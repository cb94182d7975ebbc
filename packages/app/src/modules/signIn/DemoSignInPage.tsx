import { ProxiedSignInPage } from '@backstage/core-components';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import { Button, Container, Flex, Text } from '@backstage/ui';
import { useState } from 'react';
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
    <Container>
      <Flex direction="column" align="center" gap="6" py="12">
        <Text as="h1" variant="title-medium">
          Ringfence demo portal
        </Text>
        <Text color="secondary">
          Nothing here is real but the fence. Who are you?
        </Text>
        <Flex gap="4">
          {USERS.map(({ name, title, about }) => (
            <Flex key={name} direction="column" align="center" gap="2">
              <Button size="medium" onPress={() => choose(name)}>
                {`Enter as ${title}`}
              </Button>
              <Text color="secondary">{about}</Text>
            </Flex>
          ))}
        </Flex>
      </Flex>
    </Container>
  );
}
