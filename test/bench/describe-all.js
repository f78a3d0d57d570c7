/** What one writes first to find one's way in an account: everything of it is described, page by page. */
import { EC2Client, paginateDescribeInstances, paginateDescribeSecurityGroups } from '@aws-sdk/client-ec2';
import {
  DescribeServicesCommand,
  ECSClient,
  paginateListClusters,
  paginateListServices,
} from '@aws-sdk/client-ecs';
import { ElastiCacheClient, paginateDescribeReplicationGroups } from '@aws-sdk/client-elasticache';

/** As many as DescribeServices takes. */
const SERVICES_A_CALL = 10;

const ecs = new ECSClient({});
const ec2 = new EC2Client({});
const elasticache = new ElastiCacheClient({});

async function pagesOf(paginator) {
  const pages = [];
  for await (const page of paginator) pages.push(page);
  return pages;
}

const clusters = (await pagesOf(paginateListClusters({ client: ecs }, {}))).flatMap(
  (page) => page.clusterArns ?? [],
);
for (const cluster of clusters) {
  const pages = await pagesOf(paginateListServices({ client: ecs, pageSize: 100 }, { cluster }));
  const services = pages.flatMap((page) => page.serviceArns ?? []);
  for (let first = 0; first < services.length; first += SERVICES_A_CALL) {
    const some = services.slice(first, first + SERVICES_A_CALL);
    await ecs.send(new DescribeServicesCommand({ cluster, services: some }));
  }
}
await pagesOf(paginateDescribeSecurityGroups({ client: ec2, pageSize: 1000 }, {}));
await pagesOf(paginateDescribeInstances({ client: ec2, pageSize: 1000 }, {}));
await pagesOf(paginateDescribeReplicationGroups({ client: elasticache }, {}));
