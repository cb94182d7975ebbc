import { useState } from 'react';
import { ButtonIcon, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RiCheckboxCircleFill,
  RiEyeLine,
  RiEyeOffLine,
} from '@remixicon/react';
import type { NewCredential } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { CopyButton } from '../common/CopyButton';
import { Facts } from '../ConnectDialog/Facts';
import actions from '../Actions/Actions.module.css';
import dialog from '../ConnectDialog/ConnectDialog.module.css';
import styles from './Identities.module.css';

const HIDDEN = '••••••••••••••••';

/** A login with its password, which nobody can have shown again. */
export const NewLogin = (props: {
  readonly made: NewCredential;
  readonly namespace: string;
  /** That it is there, in a sentence. */
  readonly done: string;
  readonly note?: string;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const [isShown, setIsShown] = useState(false);
  const { made, namespace, done, note } = props;
  const { role, secret } = made.credential;
  return (
    <div className={`${styles.newLogin} ${dialog.dialog}`}>
      <div className={actions.ending} data-status="done" role="status">
        <RiCheckboxCircleFill aria-hidden size={20} />
        <div className={actions.endingBody}>
          <Text as="p" variant="body-medium">
            <strong>{done}.</strong> {t('identities.password.once')}
          </Text>
          {note && (
            <Text as="p" variant="body-medium">
              {note}
            </Text>
          )}
        </div>
      </div>
      <Facts
        rows={[
          {
            label: t('identities.password.role'),
            value: (
              <>
                <code>{role}</code>
                <CopyButton
                  text={role}
                  label={t('identities.password.copyRole')}
                />
              </>
            ),
          },
          {
            label: t('identities.password.password'),
            value: (
              <>
                {isShown ? (
                  <code className={dialog.password}>{made.password}</code>
                ) : (
                  <span aria-hidden className={dialog.hiddenPassword}>
                    {HIDDEN}
                  </span>
                )}
                <CopyButton
                  text={made.password}
                  label={t('identities.password.copyPassword')}
                />
                <ButtonIcon
                  variant="tertiary"
                  aria-label={t(
                    isShown
                      ? 'identities.password.hide'
                      : 'identities.password.show',
                  )}
                  icon={
                    isShown ? (
                      <RiEyeOffLine aria-hidden />
                    ) : (
                      <RiEyeLine aria-hidden />
                    )
                  }
                  onPress={() => setIsShown(!isShown)}
                />
              </>
            ),
          },
          {
            label: t('identities.password.secret'),
            value: (
              <>
                <code>
                  {namespace}/{secret}
                </code>
                <span className={dialog.secondary}>
                  {t('identities.password.secretHint')}
                </span>
              </>
            ),
          },
        ]}
      />
    </div>
  );
};
