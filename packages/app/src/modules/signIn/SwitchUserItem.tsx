import { SidebarItem } from '@backstage/core-components';
import { RiUserSharedLine } from '@remixicon/react';
import { forgetDemoUser } from './demoUser';

const SwitchUserIcon = () => <RiUserSharedLine size={22} />;

/** To see what another of the demo's people may do. */
export const SwitchUserItem = () => (
  <SidebarItem
    icon={SwitchUserIcon}
    text="Switch user"
    onClick={forgetDemoUser}
  />
);
