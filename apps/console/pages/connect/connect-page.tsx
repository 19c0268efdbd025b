// How to connect a charger, as a page of its own once there are some.
// The steps are connect-guide.tsx.
import { useStore } from '../../ui/use-store.js';
import type { PageProps } from '../index.js';
import { ConnectGuide } from './connect-guide.js';

const toLive = () => {
  location.hash = '';
};

export function ConnectPage({ live }: PageProps) {
  const network = useStore(live.network);
  return <ConnectGuide live={live} sites={[...network.sites.values()]} isFirst={false} onDone={toLive} />;
}
