import { Complaints } from './Complaints';

function setup() {
  const lines: string[] = [];
  const clock = { now: 0 };
  const complaints = new Complaints(
    line => lines.push(line),
    () => clock.now,
  );
  return { complaints, lines, clock };
}

it('says the same once a minute', () => {
  const { complaints, lines, clock } = setup();
  for (clock.now = 0; clock.now <= 60_000; clock.now += 1_000) {
    complaints.say('full');
  }
  expect(lines).toEqual(['full', 'full']);
});

it('says something else at once', () => {
  const { complaints, lines } = setup();
  complaints.say('full');
  complaints.say('reset');
  expect(lines).toEqual(['full', 'reset']);
});

it('says what has begun again at once', () => {
  const { complaints, lines } = setup();
  complaints.say('reset');
  complaints.forget('reset');
  complaints.say('reset');
  expect(lines).toEqual(['reset', 'reset']);
});
