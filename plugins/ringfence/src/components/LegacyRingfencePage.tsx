import { Header, Page, TabbedLayout } from '@backstage/core-components';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ringfenceTranslationRef } from '../translation';
import { FleetPage } from './FleetPage/FleetPage';
import { PlatformsPage } from './PlatformsPage/PlatformsPage';

/** The page of all databases with the frame that the legacy frontend system leaves to pages. */
export const LegacyRingfencePage = () => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <Page themeId="tool">
      <Header title={t('fleet.pageTitle')} />
      <TabbedLayout>
        <TabbedLayout.Route path="/databases" title={t('fleet.title')}>
          <FleetPage />
        </TabbedLayout.Route>
        <TabbedLayout.Route path="/platforms" title={t('platforms.title')}>
          <PlatformsPage />
        </TabbedLayout.Route>
      </TabbedLayout>
    </Page>
  );
};
