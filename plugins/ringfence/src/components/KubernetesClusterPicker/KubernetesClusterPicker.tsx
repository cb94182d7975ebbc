import { useCallback, useEffect } from 'react';
import {
  Alert,
  Button,
  RadioGroup,
  Skeleton,
  Text,
  VisuallyHidden,
} from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RiErrorWarningLine,
  RiRefreshLine,
  RiServerLine,
} from '@remixicon/react';
import type { PlatformSummary } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { failureMessage } from '../../errors';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import { Problem } from '../common/Problem';
import { PlatformOption } from './PlatformOption';
import { eligibilityOf } from './eligibility';
import { DEFAULT_BLUEPRINT, kubernetesClusterPickerSchema } from './schema';
import common from '../common/common.module.css';
import styles from './KubernetesClusterPicker.module.css';

type Props = typeof kubernetesClusterPickerSchema.TProps;

const Choice = (props: {
  readonly field: Props;
  readonly platforms: readonly PlatformSummary[];
  readonly onReload: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { platforms, onReload } = props;
  const {
    formData,
    onChange,
    rawErrors = [],
    required,
    schema,
    disabled,
  } = props.field;
  const blueprint =
    props.field.uiSchema['ui:options']?.blueprint ?? DEFAULT_BLUEPRINT;
  const eligible = platforms.filter(
    platform => eligibilityOf(platform, blueprint).eligible,
  );
  const only = eligible.length === 1 ? eligible[0].name : undefined;

  // One that can be had is not a choice to make.
  useEffect(() => {
    if (!formData && only) onChange(only);
  }, [formData, only, onChange]);

  return (
    <div className={`${styles.field} ${common.readable}`}>
      <RadioGroup
        label={schema.title ?? t('picker.title')}
        description={schema.description ?? t('picker.description')}
        isRequired={required}
        isDisabled={disabled}
        isInvalid={rawErrors.length > 0}
        value={formData ?? ''}
        onChange={onChange}
      >
        {platforms.map(platform => (
          <PlatformOption
            key={platform.name}
            platform={platform}
            blueprint={blueprint}
          />
        ))}
      </RadioGroup>
      {eligible.length === 0 && (
        <Alert status="warning" icon title={t('picker.noneUsable')} />
      )}
      {eligible.length < platforms.length && (
        <div>
          <Button
            variant="secondary"
            iconStart={<RiRefreshLine aria-hidden />}
            onPress={onReload}
          >
            {t('picker.again')}
          </Button>
        </div>
      )}
      {rawErrors.map(error => (
        <Text
          key={error}
          as="p"
          role="alert"
          variant="body-small"
          color="danger"
        >
          {error}
        </Text>
      ))}
    </div>
  );
};

/** Picks a Kubernetes cluster; one that cannot take the database shows what it lacks instead. */
export const KubernetesClusterPicker = (props: Props) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const listed = useLoad(useCallback(() => api.listPlatforms(), [api]));

  if (listed.status === 'loading') {
    return (
      <div className={styles.field} aria-busy>
        <VisuallyHidden role="status">{t('picker.loading')}</VisuallyHidden>
        <Skeleton width={160} height={16} />
        <Skeleton width="100%" height={56} />
        <Skeleton width="100%" height={56} />
      </div>
    );
  }
  if (listed.status === 'failed') {
    return (
      <Problem
        icon={<RiErrorWarningLine aria-hidden />}
        title={t('picker.errorTitle')}
        onRetry={listed.reload}
        role="alert"
      >
        <Text as="p">{failureMessage(listed.error)}</Text>
      </Problem>
    );
  }
  if (listed.value.length === 0) {
    return (
      <Problem
        icon={<RiServerLine aria-hidden />}
        title={t('picker.emptyTitle')}
        onRetry={listed.reload}
      >
        <Text as="p">{t('picker.emptyText')}</Text>
      </Problem>
    );
  }
  return (
    <Choice field={props} platforms={listed.value} onReload={listed.reload} />
  );
};
