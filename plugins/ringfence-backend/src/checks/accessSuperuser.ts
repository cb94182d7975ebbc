import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import { judgeLogin, UNREACHABLE_MEANING } from './loginResult';
import { failing, NOT_LOOKED, NOT_LOOKED_MEANING, ok } from './results';

/** Whether Ringfence can still log in as the superuser. */
export const accessSuperuser: Check = {
  id: 'access.superuser',
  title: 'The superuser can log in',
  category: 'access',
  reasons: {
    Accepted: 'The superuser whose login Ringfence keeps was let in.',
    Refused:
      'The database refuses the superuser: its password is not the one in the Secret, or the role is gone. Ringfence can change nothing in the database then.',
    Unreachable: UNREACHABLE_MEANING,
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    const { superuserSecret } = facts.observation;
    if (!superuserSecret) return [];
    return judgeLogin('A login as the superuser', facts.logins.superuser, {
      accepted: tookMs =>
        ok(
          'Accepted',
          'The superuser can log in',
          tookMs === undefined ? {} : { tookMs: Math.round(tookMs) },
        ),
      refused: message =>
        failing(
          'Refused',
          `The superuser cannot log in: ${message}`,
          {},
          {
            text: `Find out who changed its password (${
              facts.access.protocol === 'cql' ? 'ALTER ROLE' : 'ALTER USER'
            }), and set it back to the one in Secret "${superuserSecret}", as another superuser; or write the new one into that Secret.`,
          },
        ),
    });
  },
};
