import { ButtonIcon, Menu, MenuItem, MenuTrigger } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RiKey2Line,
  RiLoopLeftLine,
  RiMore2Line,
  RiShieldCheckLine,
} from '@remixicon/react';
import { ringfenceTranslationRef } from '../../translation';
import type { Operations } from './useOperations';

/** The operations behind one button. */
export const OperationsMenu = (props: { readonly operations: Operations }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { renew, repair, rotateCa } = props.operations;
  return (
    <MenuTrigger>
      <ButtonIcon
        variant="tertiary"
        aria-label={t('actions.menu')}
        icon={<RiMore2Line aria-hidden />}
      />
      <Menu>
        {renew && (
          <MenuItem
            iconStart={<RiShieldCheckLine aria-hidden />}
            onAction={() => renew()}
          >
            {t('actions.renew.action')}
          </MenuItem>
        )}
        <MenuItem
          iconStart={<RiLoopLeftLine aria-hidden />}
          onAction={() => repair()}
        >
          {t('actions.repair.action')}
        </MenuItem>
        {rotateCa && (
          <MenuItem
            iconStart={<RiKey2Line aria-hidden />}
            onAction={() => rotateCa()}
          >
            {t('actions.rotateCa.action')}
          </MenuItem>
        )}
      </Menu>
    </MenuTrigger>
  );
};
