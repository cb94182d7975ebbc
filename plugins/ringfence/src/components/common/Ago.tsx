import { useTimes } from '../../hooks/useTimes';

/** How long ago something was, with the absolute time on hover. */
export const Ago = (props: { readonly moment: string; readonly now: Date }) => {
  const times = useTimes();
  return (
    <time dateTime={props.moment} title={times.absolute(props.moment)}>
      {times.ago(props.moment, props.now)}
    </time>
  );
};
