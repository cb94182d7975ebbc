import { Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { TrafficPoint } from '@ringfence/backstage-plugin-ringfence-common';
import { useFigures } from '../../hooks/useFigures';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { DataTable } from '../common/DataTable';
import { Disclosure } from '../common/Disclosure';
import { StatusIcon } from '../common/StatusIcon';
import { Nothing } from './Part';
import styles from './TrafficChart.module.css';

const HEIGHT = 100;
/** Plaintext of a thousandth must still be seen. */
const LEAST = 4;

const total = ({ mutualTlsBytes, plaintextBytes }: TrafficPoint) =>
  mutualTlsBytes + plaintextBytes;

/** Height of the plaintext in a bar, from 0 to 100. */
export function plaintextHeight(point: TrafficPoint): number {
  const { plaintextBytes } = point;
  if (plaintextBytes === 0) return 0;
  return Math.max(LEAST, (plaintextBytes / total(point)) * HEIGHT);
}

const Bars = (props: { readonly points: readonly TrafficPoint[] }) => {
  const { points } = props;
  return (
    <svg
      className={styles.bars}
      viewBox={`0 0 ${points.length * 10} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      {points.map((point, index) => {
        const open = plaintextHeight(point);
        const quiet = total(point) === 0;
        const x = index * 10 + 1;
        return (
          <g key={point.at}>
            {quiet ? (
              <rect
                className={styles.quiet}
                x={x}
                y={HEIGHT - 2}
                width={8}
                height={2}
              />
            ) : (
              <rect
                className={styles.encrypted}
                x={x}
                y={open}
                width={8}
                height={HEIGHT - open}
              />
            )}
            {open > 0 && (
              <rect
                className={styles.open}
                x={x}
                y={0}
                width={8}
                height={open}
              />
            )}
          </g>
        );
      })}
    </svg>
  );
};

const Words = (props: {
  readonly points: readonly TrafficPoint[];
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const figures = useFigures();
  const { points, now } = props;
  const sum = (of: (point: TrafficPoint) => number) =>
    points.reduce((bytes, point) => bytes + of(point), 0);
  const open = sum(point => point.plaintextBytes);
  const lastOpen = [...points]
    .reverse()
    .find(point => point.plaintextBytes > 0);

  return (
    <div className={styles.words}>
      <StatusIcon status={lastOpen ? 'failing' : 'ok'} />
      <Text as="p" variant="body-medium">
        <strong>
          {t('tab.traffic.share', {
            share: figures.share(
              sum(point => point.mutualTlsBytes),
              sum(total),
            ),
            bytes: figures.bytes(sum(total)),
          })}
        </strong>{' '}
        {lastOpen
          ? t('tab.traffic.plaintext', {
              bytes: figures.bytes(open),
              ago: times.ago(lastOpen.at, now),
            })
          : t('tab.traffic.allEncrypted')}
      </Text>
    </div>
  );
};

const PointsTable = (props: { readonly points: readonly TrafficPoint[] }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const figures = useFigures();
  return (
    <DataTable
      label={t('tab.traffic.caption')}
      columns={[
        t('tab.traffic.time'),
        t('tab.traffic.percent'),
        t('tab.traffic.encrypted'),
        t('tab.traffic.open'),
      ]}
      // The latest is what is looked for.
      rows={[...props.points].reverse().map(point => ({
        id: point.at,
        cells: [
          times.absolute(point.at),
          total(point) === 0
            ? t('tab.traffic.quiet')
            : figures.share(point.mutualTlsBytes, total(point)),
          figures.bytes(point.mutualTlsBytes),
          figures.bytes(point.plaintextBytes),
        ],
      }))}
    />
  );
};

/** How much of the traffic was under mTLS over the last day; as a table, too. */
export const TrafficChart = (props: {
  readonly points: readonly TrafficPoint[];
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const { points, now } = props;
  if (points.length === 0)
    return <Nothing>{t('tab.traffic.noHistory')}</Nothing>;
  if (!points.some(point => total(point) > 0))
    return <Nothing>{t('tab.traffic.none')}</Nothing>;
  const [first, last] = [points[0].at, points[points.length - 1].at];

  return (
    <div className={styles.traffic}>
      <Words points={points} now={now} />
      <div
        className={styles.chart}
        role="img"
        aria-label={t('tab.traffic.chart', {
          from: times.absolute(first),
          to: times.absolute(last),
        })}
      >
        <div className={styles.scale} aria-hidden>
          <span>100%</span>
          <span>0%</span>
        </div>
        <Bars points={points} />
        <div className={styles.span} aria-hidden>
          <span title={times.absolute(first)}>{times.time(first)}</span>
          <span className={styles.legend}>
            <span data-of="encrypted">{t('tab.traffic.encrypted')}</span>
            <span data-of="open">{t('tab.traffic.open')}</span>
          </span>
          <span title={times.absolute(last)}>{times.time(last)}</span>
        </div>
      </div>
      <Disclosure title={t('tab.traffic.table')}>
        <PointsTable points={points} />
      </Disclosure>
    </div>
  );
};
