import { createApp } from '@backstage/frontend-defaults';
import ringfencePlugin from '@ringfence/backstage-plugin-ringfence';
import { navModule } from './modules/nav';
import { signInModule } from './signIn';

// Every other plugin is found among the dependencies (`app.packages`). Ours
// comes first, so that its card opens the entity page.
export default createApp({
  features: [ringfencePlugin, navModule, signInModule],
});
