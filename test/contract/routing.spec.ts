// The routing contracts within one process.
import { inProcessBook, inProcessDirectory, inProcessRouter } from '#embedded';
import { answerBookContract, routingContract } from '#testing';

const dispose = async (): Promise<void> => {};

routingContract('in process', async () => ({ router: inProcessRouter(), directory: inProcessDirectory(), dispose }));

answerBookContract('in process', async () => {
  const expected = [
    { topic: 'site-events', partition: 0 },
    { topic: 'site-events', partition: 1 },
    { topic: 'network-events', partition: 0 },
  ];
  return { book: inProcessBook(expected), expected, dispose };
});
