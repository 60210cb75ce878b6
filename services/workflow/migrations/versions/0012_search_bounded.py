"""A search of frequent words reads no more than it ranks: the newest items are found where the matches that were
counted let expect them, instead of among all; and the rows to be ranked are always read by their keys.
"""

from importlib import import_module

from alembic import op

revision = "0012"
down_revision = "0011"

# What costs less by reading a whole table on several cores is still too much for one search.
MATCHES = """
create or replace function search_matches(
    wanted text, groups text[], seen jsonb, counted integer, ranked integer
) returns table (
    entity_id bigint, title text, title_terms bigint[], terms bigint[], state text, priority text, due_at timestamptz,
    created_at timestamptz, updated_at timestamptz, is_overdue boolean, owner text, assignee text, team text,
    total integer
)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set row_security = on
set enable_seqscan = off set max_parallel_workers_per_gather = 0 set random_page_cost = 1.1 as $$
declare
    tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    items text := case wanted when 'ticket' then 'search_tickets' when 'work_order' then 'search_work_orders'
        when 'task' then 'search_tasks' when 'tour' then 'search_tasks' else 'search_outside' end;
    source text;
    has_words text := 'true';
    in_title text := 'true';
    one text;
    titled bigint[];
    others bigint[];
    ids bigint[];
    found integer;
    newest bigint;
    reach bigint;
begin
    if tenant is null or cardinality(groups) = 0 then
        return;
    end if;
    foreach one in array groups loop
        has_words := has_words || format(' and e.terms && %L::bigint[]', one);
        in_title := in_title || format(' and e.terms[1:e.title_terms] && %L::bigint[]', one);
    end loop;
    -- The planner expects half of the rows to meet what is wrapped so, and would expect hardly any of the bare one.
    in_title := format('coalesce(e.title_terms = cardinality(e.terms) or %s, false)', in_title);
    source := format('search_entries e where e.tenant_id = %L and e.entity = %L and %s', tenant, wanted, has_words);
    if items = 'search_outside' or seen <> '{}' then
        source := format('%I r join ', items) || replace(source, ' where ',
            ' on r.tenant_id = e.tenant_id and r.entity = e.entity and r.entity_id = e.entity_id where ')
            || search_conditions(seen);
    end if;
    execute format(
        'select coalesce(array_agg(m.entity_id) filter (where m.titled), ''{}''),'
        ' array_agg(m.entity_id) filter (where not m.titled), count(*), max(m.entity_id) - min(m.entity_id) + 1'
        ' from (select e.entity_id, %s as titled from %s limit %s) m', in_title, source, counted + 1)
        into titled, others, found, reach;
    if found <= counted then
        ids := array(select i from unnest(titled) as i order by i desc limit ranked);
        ids := ids || array(select i from unnest(others) as i order by i desc limit ranked - cardinality(ids));
    else
        ids := titled[1:ranked];
        if cardinality(titled) * 2 >= found then
            ids := '{}';
            source := source || ' and ' || in_title;
        end if;
        -- Twice as far back from the newest as so many should be spread over; further where they are rarer.
        select max(e.entity_id) into newest from search_entries e where e.tenant_id = tenant and e.entity = wanted;
        reach := greatest(reach * ranked * 2 / counted, 1);
        loop
            execute format(
                'select coalesce(array_agg(m.entity_id), ''{}'') from (select e.entity_id from %s and e.entity_id > %s'
                ' and e.entity_id <> all ($1) order by e.entity_id desc limit %s) m',
                source, newest - reach, ranked - cardinality(ids)) into others using ids;
            exit when cardinality(ids || others) >= ranked or reach >= newest;
            reach := reach * 4;
        end loop;
        ids := ids || others;
    end if;
    return query execute format(
        'select e.entity_id, e.title, e.terms[1:e.title_terms], e.terms, r.state, r.priority, r.due_at, r.created_at,'
        ' r.updated_at, coalesce(r.is_overdue, false), r.owner, r.assignee, r.team, $1 from search_entries e'
        ' join %I r on r.tenant_id = e.tenant_id and r.entity = e.entity and r.entity_id = e.entity_id'
        ' where e.tenant_id = $2 and e.entity = $3 and e.entity_id = any ($4)', items)
        using found, tenant, wanted, ids;
end
$$
"""


def upgrade() -> None:
    op.execute(MATCHES)


def downgrade() -> None:
    before = import_module("services.workflow.migrations.versions.0005_search_functions")
    op.execute(before.MATCHES.replace("create function", "create or replace function"))
