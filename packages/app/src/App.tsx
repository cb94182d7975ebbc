import { createApp } from '@backstage/frontend-defaults';
import { navModule } from './modules/nav';
import { signInModule } from './modules/signIn';

// The plugins are found among the dependencies, by `app.packages`.
export default createApp({
  features: [navModule, signInModule],
});
