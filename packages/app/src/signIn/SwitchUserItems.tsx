import { useEffect, useState } from 'react';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { SidebarItem } from '@backstage/core-components';
import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { RiUserSharedLine } from '@remixicon/react';
import { switchDemoUser } from './demoUser';

const SwitchUserIcon = () => <RiUserSharedLine size={22} />;

function useOtherUsers(): Entity[] {
  const catalogApi = useApi(catalogApiRef);
  const identityApi = useApi(identityApiRef);
  const [users, setUsers] = useState<Entity[]>([]);
  useEffect(() => {
    let current = true;
    Promise.all([
      identityApi.getBackstageIdentity(),
      catalogApi.getEntities({ filter: { kind: 'User' } }),
    ]).then(
      ([{ userEntityRef }, { items }]) =>
        current &&
        setUsers(
          items.filter(user => stringifyEntityRef(user) !== userEntityRef),
        ),
      // Without the catalog there is nobody to switch to.
      () => current && setUsers([]),
    );
    return () => {
      current = false;
    };
  }, [catalogApi, identityApi]);
  return users;
}

/** The demo's other people, to see what they may do. */
export const SwitchUserItems = () => {
  const users = useOtherUsers();
  return (
    <>
      {users.map(user => {
        const profile = user.spec?.profile as { displayName?: string };
        const name = profile?.displayName ?? user.metadata.name;
        return (
          <SidebarItem
            key={user.metadata.name}
            icon={SwitchUserIcon}
            text={`Be ${name}`}
            onClick={() => switchDemoUser(user.metadata.name)}
          />
        );
      })}
    </>
  );
};
