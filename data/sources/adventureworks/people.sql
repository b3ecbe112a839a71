-- The files name no managers; titles and the group of a rep's territories do.
with heads as (
    select Salesperson as manager,
           case Title
               when 'North American Sales Manager' then 'North America'
               when 'European Sales Manager' then 'Europe'
               when 'Pacific Sales Manager' then 'Pacific'
           end as region
    from Salesperson
),
groups as (
    select EmployeeKey, min("Group") as region
    from SalespersonRegion
    join Region using (SalesTerritoryKey)
    group by EmployeeKey
    having count(distinct "Group") = 1
),
director as (
    select Salesperson as manager from Salesperson where Title = 'Director of Sales'
)
select person.Salesperson as rep,
       case
           when person.Title = 'Director of Sales' then null
           when person.Title like '%Sales Manager' then (select manager from director)
           else heads.manager
       end as manager,
       person.Title as role,
       person._line,
       person._file
from Salesperson as person
left join groups using (EmployeeKey)
left join heads on heads.region = groups.region
