#!/bin/sh
# The guide that a team follows by hand to give CollabCanvas a shared Redis, step by step in the AWS CLI.
# Needs AWS_ENDPOINT_URL and credentials; ends with the primary endpoint on stdout. GUIDE_PAUSE is what it does between
# two looks at something that takes time.
set -eu

cluster=collabcanvas
service=collabcanvas-backend
cache=collabcanvas-redis
export AWS_PAGER= AWS_DEFAULT_OUTPUT=text

say() { echo "guide: $*" >&2; }

pause() { eval "${GUIDE_PAUSE:-sleep 0.2}"; }

# `aws ... wait` looks every 15 seconds of real time, which in a fast sandbox is an hour.
wait_for() { # <what is wanted> <command...>
  wanted=$1
  shift
  tries=0
  until seen=$("$@") && [ "$seen" = "$wanted" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 120 ] || { say "waited for '$wanted', saw '$seen'"; exit 1; }
    pause
  done
}

say 'Step 1: where the tasks run'
tasks_group=$(aws ecs describe-services --cluster $cluster --services $service \
  --query 'services[0].networkConfiguration.awsvpcConfiguration.securityGroups[0]')
subnets=$(aws ecs describe-services --cluster $cluster --services $service \
  --query 'services[0].networkConfiguration.awsvpcConfiguration.subnets')
vpc=$(aws ec2 describe-security-groups --group-ids "$tasks_group" --query 'SecurityGroups[0].VpcId')

say 'Step 2: a security group that lets the tasks in'
cache_group=$(aws ec2 create-security-group --vpc-id "$vpc" --group-name "$cache-sg" \
  --description 'Redis for CollabCanvas' --query GroupId)
until aws ec2 describe-security-groups --group-ids "$cache_group" >/dev/null 2>&1; do pause; done
until aws ec2 authorize-security-group-ingress --group-id "$cache_group" --protocol tcp --port 6379 \
  --source-group "$tasks_group" >/dev/null 2>&1; do pause; done

say 'Step 3: a subnet group'
# shellcheck disable=SC2086 # one word a subnet
aws elasticache create-cache-subnet-group --cache-subnet-group-name collabcanvas-subnet-group \
  --cache-subnet-group-description 'CollabCanvas' --subnet-ids $subnets >/dev/null

say 'Step 4: the cache'
aws elasticache create-replication-group --replication-group-id $cache \
  --replication-group-description 'Redis cache for CollabCanvas multi-instance state' \
  --engine redis --engine-version 7.1 --cache-node-type cache.t3.micro --num-cache-clusters 1 \
  --cache-parameter-group-name default.redis7 --port 6379 --transit-encryption-enabled \
  --cache-subnet-group-name collabcanvas-subnet-group --security-group-ids "$cache_group" >/dev/null
wait_for available aws elasticache describe-replication-groups --replication-group-id $cache \
  --query 'ReplicationGroups[0].Status'
endpoint=$(aws elasticache describe-replication-groups --replication-group-id $cache \
  --query 'ReplicationGroups[0].NodeGroups[0].PrimaryEndpoint.Address')

say 'Step 5: REDIS_URL in a copy of the running task definition'
running=$(aws ecs describe-services --cluster $cluster --services $service \
  --query 'services[0].taskDefinition')
revision=$(aws ecs describe-task-definition --task-definition "$running" --output json |
  REDIS_URL="rediss://$endpoint:6379" node -e '
    const { taskDefinition } = JSON.parse(require("fs").readFileSync(0, "utf8"));
    for (const name of ["taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities",
      "registeredAt", "registeredBy", "deregisteredAt"]) delete taskDefinition[name];
    const backend = taskDefinition.containerDefinitions.find(({ name }) => name === "backend");
    backend.environment.push({ name: "REDIS_URL", value: process.env.REDIS_URL });
    console.log(JSON.stringify(taskDefinition));')
new=$(aws ecs register-task-definition --cli-input-json "$revision" \
  --query 'taskDefinition.taskDefinitionArn')

say 'Step 6: the service gets it'
aws ecs update-service --cluster $cluster --service $service --task-definition "$new" \
  --force-new-deployment >/dev/null
wait_for "1	COMPLETED	3" aws ecs describe-services --cluster $cluster --services $service \
  --query '[length(services[0].deployments), services[0].deployments[0].rolloutState, services[0].runningCount]'

say 'Step 7: a refresh stays on its task'
target_group=$(aws ecs describe-services --cluster $cluster --services $service \
  --query 'services[0].loadBalancers[0].targetGroupArn')
aws elbv2 modify-target-group-attributes --target-group-arn "$target_group" --attributes \
  Key=stickiness.enabled,Value=true Key=stickiness.type,Value=lb_cookie \
  Key=stickiness.lb_cookie.duration_seconds,Value=3600 >/dev/null

say 'Step 8: what the tasks say'
wait_for 3 aws logs filter-log-events --log-group-name /ecs/$service \
  --filter-pattern '"Redis connected successfully"' --query 'length(events)'

echo "$endpoint"
