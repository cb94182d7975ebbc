import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { actionsMessages } from './translations/actions';
import { cardMessages } from './translations/card';
import { connectMessages } from './translations/connect';
import { fleetMessages } from './translations/fleet';
import { identitiesMessages } from './translations/identities';
import { pickerMessages } from './translations/picker';
import { platformsMessages } from './translations/platforms';
import { tabMessages } from './translations/tab';

/** Every text of the plugin, for an app to translate. */
export const ringfenceTranslationRef = createTranslationRef({
  id: 'plugin.ringfence',
  messages: {
    actions: actionsMessages,
    card: cardMessages,
    connect: connectMessages,
    fleet: fleetMessages,
    identities: identitiesMessages,
    picker: pickerMessages,
    platforms: platformsMessages,
    tab: tabMessages,
    common: {
      copy: 'Copy',
      copied: 'Copied',
      copyFailed: 'Could not copy: select the text and copy it yourself',
      copyCommand: 'Copy command',
      retry: 'Try again',
      simulated: 'Simulated',
      expires: {
        left: 'expires in {{duration}}',
        ago: 'expired {{duration}} ago',
      },
      durations: {
        days_one: '{{count}} day',
        days_other: '{{count}} days',
        hours_one: '{{count}} hour',
        hours_other: '{{count}} hours',
        minutes_one: '{{count}} minute',
        minutes_other: '{{count}} minutes',
        years_one: '{{count}} year',
        years_other: '{{count}} years',
        moment: 'less than a minute',
      },
    },
  },
});
